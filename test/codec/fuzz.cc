// Decodes pictures that something is wrong with, against the end of the memory that they may use,
// and compares what arrives with what libvips writes into memory of its own.
//
// Each case follows from the seed and its number alone, so that it can be run again by itself.

#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "guarded.h"
#include "mutation.h"
#include "reference.h"
#include "session.h"
#include "strip_reader.h"

using namespace pixelpool;

namespace {

constexpr std::size_t bytes_max = 8 << 20;  // a larger picture is not decoded
constexpr std::size_t content_max = 1 << 20;
constexpr std::uint64_t pixels_max = 4'000'000;
constexpr int thread_count = 4;

constexpr const char* outcome_names[] = {"ok",        "unreadable",   "unsupported", "corrupt",
                                         "too large", "does not fit", "cannot turn", "no such page",
                                         "cancelled", "displaced"};

enum class Way { whole, turned, strips };
constexpr const char* way_names[] = {"whole", "turned", "in strips"};

// What came of all cases.
struct Tally {
  std::array<std::array<std::atomic<int>, std::size(outcome_names)>, 3> outcomes{};
  std::array<std::atomic<int>, std::size(outcome_names)> not_planned{};
  std::atomic<int> too_large_here = 0;  // for this program
  std::atomic<int> compared = 0;
  std::atomic<int> differences = 0;
  std::atomic<int> undecided = 0;
};
Tally tally;

// One picture and what is asked of it.
struct Case {
  std::uint64_t number;
  std::string name;
  Bytes content;
  Request request;
  bool from_file;
  bool in_strips;
  std::array<int, 8> strip_rows;  // one after another, again and again
};

// What each thread is at, for whom the process ends meanwhile.
std::array<std::atomic<long>, thread_count> under_way;

void tell_under_way() {
  for (const std::atomic<long>& number : under_way) {
    std::array<char, 40> line{};
    const int length = std::snprintf(line.data(), line.size(), "was at case %ld\n", number.load());
    if (write(STDOUT_FILENO, line.data(), static_cast<std::size_t>(length)) < 0) return;
  }
}

Request any_request(Chance& chance) {
  Request request;
  const auto size = [&] {
    return chance.one_in(8) ? chance.between(300, 2000) : chance.between(1, 300);
  };
  const std::size_t resize = chance.below(4);
  if (resize == 1 || resize == 3) request.width = size();
  if (resize == 2 || resize == 3) request.height = size();
  request.fill = chance.one_in(2);
  request.auto_orient = !chance.one_in(3);
  request.channels = std::array{0, 3, 4}[chance.below(3)];
  request.pages = std::array{1, 1, -1, chance.between(1, 6)}[chance.below(4)];
  request.page = chance.one_in(4) ? chance.between(0, 5) : -1;
  request.fail_on = chance.one_in(2) ? 0 : 3;
  request.pixels_max = pixels_max;
  return request;
}

Case any_case(std::uint64_t seed, std::uint64_t number, const std::vector<std::string>& names,
              const std::vector<Bytes>& contents) {
  Chance chance(seed, number);
  const std::size_t which = chance.below(names.size());
  const std::size_t other = chance.below(names.size());
  Case one{};
  one.number = number;
  one.name = names[which];
  one.content = mutated(contents[which], contents[other], chance);
  one.request = any_request(chance);
  one.from_file = chance.one_in(5);
  one.in_strips = chance.one_in(3);
  for (int& rows : one.strip_rows) {
    rows = chance.one_in(3) ? chance.between(1, 200) : chance.between(1, 20);
  }
  return one;
}

void tell(const Case& one, const char* what) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const Request& request = one.request;
  std::printf(
      "case %llu: %s (%s, %zu bytes; %d x %d%s%s, %d channels, page %d, %d pages, "
      "fail_on %d%s%s)\n",
      static_cast<unsigned long long>(one.number), what, one.name.c_str(), one.content.size(),
      request.width, request.height, request.fill ? " fill" : "",
      request.auto_orient ? " upright" : "", request.channels, request.page, request.pages,
      request.fail_on, one.from_file ? ", from a file" : "", one.in_strips ? ", in strips" : "");
}

// Keeps the picture, for a look at it.
void keep(const Case& one) {
  const std::string path = "build/codec-tests/fuzz/case-" + std::to_string(one.number);
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return;
  std::fwrite(one.content.data(), 1, one.content.size(), file);
  std::fclose(file);
}

void differs(const Case& one, const std::string& what) {
  tell(one, what.c_str());
  keep(one);
  tally.differences++;
}

// Reads a picture in strips, each against the end of memory, and puts them together.
Outcome read_strips(const Case& one, Plan& plan, Guarded& memory, Bytes& pixels) {
  const int height = plan.height;
  const std::size_t row_bytes = bytes_of(plan) / static_cast<std::size_t>(height);
  StripReader reader;
  Outcome outcome = StripReader::open(libvips(), plan, reader);
  const Watch watch;
  int rows = 0;
  for (int top = 0, i = 0; outcome == Outcome::ok && top < height; top += rows, i++) {
    rows = std::min(one.strip_rows[static_cast<std::size_t>(i) % 8], height - top);
    const Target target = memory.at_end(row_bytes * static_cast<std::size_t>(rows));
    outcome = reader.read(target, top, rows, watch);
    if (!memory.surroundings_untouched()) differs(one, "wrote in front of a strip");
    pixels.insert(pixels.end(), target.start, target.start + target.bytes);
  }
  return outcome;
}

Outcome decode_whole(const Case& one, const Plan& plan, Guarded& memory, Bytes& pixels) {
  const Target target = memory.at_end(bytes_of(plan));
  Watch watch;
  const Outcome outcome = decode(libvips(), plan, target, watch);
  if (!memory.surroundings_untouched()) differs(one, "wrote in front of the picture");
  pixels.assign(target.start, target.start + target.bytes);
  return outcome;
}

// Of some broken files libvips makes now this picture and now that: it reads memory that nobody
// wrote, such as what is left of a tile.
bool is_always(const Bytes& expected, const Input& input, const Request& request) {
  constexpr int times = 30;
  for (int i = 0; i < times; i++) {
    Session again;
    if (again.make(input, request) != Outcome::ok) return false;
    const std::optional<Bytes> picture = reference_of(again.plan);
    if (!picture.has_value() || *picture != expected) return false;
  }
  return true;
}

// The same plan, made again, is to end in the same way by libvips alone, with the same picture.
void compare(const Case& one, const Input& input, Outcome outcome, const Bytes& pixels) {
  Session again;
  if (again.make(input, one.request) != Outcome::ok) return differs(one, "was planned once only");
  const Plan& plan = again.plan;
  const std::optional<Bytes> expected = reference_of(plan);
  if (!expected.has_value()) {
    if (outcome == Outcome::ok) differs(one, "is a picture for us only");
    return;
  }
  if (outcome == Outcome::corrupt) return differs(one, "is corrupt for us only");
  tally.compared++;
  if (expected->size() != pixels.size()) return differs(one, "has another shape");
  if (*expected == pixels) return;
  if (!is_always(*expected, input, one.request)) {
    tally.undecided++;
    return;
  }
  const auto [at, _] = std::mismatch(pixels.begin(), pixels.end(), expected->begin());
  const auto row_bytes = std::ptrdiff_t{plan.width} * plan.bands;
  differs(one, "differs, first in row " + std::to_string((at - pixels.begin()) / row_bytes));
}

// What a thread works with.
struct Place {
  Guarded memory{bytes_max};
  Guarded content{content_max};
};

// The picture itself lies against the end of memory, too.
Input place(const Case& one, Guarded& memory) {
  const Target placed = memory.at_end(one.content.size());
  std::copy(one.content.begin(), one.content.end(), placed.start);
  return {"", placed.start, placed.bytes, nullptr};
}

void run(const Case& one, Place& here) {
  const TemporaryFile file(one.from_file ? one.content : Bytes());
  const Input input =
      one.from_file ? Input{file.path(), nullptr, 0, nullptr} : place(one, here.content);
  Session session;
  Plan& plan = session.plan;
  const Outcome planned = session.make(input, one.request);
  if (planned != Outcome::ok) {
    tally.not_planned[static_cast<std::size_t>(planned)]++;
    return;
  }
  if (bytes_of(plan) > bytes_max) {
    tally.too_large_here++;
    return;
  }
  const Way way = one.in_strips ? Way::strips : plan.orientation == 1 ? Way::whole : Way::turned;
  Bytes pixels;
  const Outcome outcome = way == Way::strips ? read_strips(one, plan, here.memory, pixels)
                                             : decode_whole(one, plan, here.memory, pixels);
  tally.outcomes[static_cast<std::size_t>(way)][static_cast<std::size_t>(outcome)]++;
  if (outcome == Outcome::displaced) differs(one, "was displaced");
  if (outcome == Outcome::ok || outcome == Outcome::corrupt) compare(one, input, outcome, pixels);
}

template <typename Counts>
void print_counts(const char* title, const Counts& counts) {
  std::printf("%-12s", title);
  for (std::size_t i = 0; i < std::size(outcome_names); i++) {
    if (counts[i] > 0) std::printf("  %s: %d", outcome_names[i], counts[i].load());
  }
  std::printf("\n");
}

void print_tally() {
  print_counts("not planned", tally.not_planned);
  for (std::size_t way = 0; way < std::size(way_names); way++) {
    print_counts(way_names[way], tally.outcomes[way]);
  }
  std::printf("larger than %zu MB, not decoded: %d\n", bytes_max >> 20,
              tally.too_large_here.load());
  std::printf("compared: %d, differences: %d, pictures that differ by libvips alone: %d\n",
              tally.compared.load(), tally.differences.load(), tally.undecided.load());
}

// Each thread takes the next case that nobody has.
void run_all(std::uint64_t first, std::uint64_t end, std::uint64_t seed) {
  const std::vector<std::string> names = pictures();
  std::vector<Bytes> contents;
  for (const std::string& name : names) contents.push_back(read_picture(name));
  std::atomic<std::uint64_t> next = first;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < thread_count; i++) {
    threads.emplace_back([&, i] {
      Place here;
      for (;;) {
        const std::uint64_t number = next++;
        if (number >= end) return;
        under_way[i] = static_cast<long>(number);
        run(any_case(seed, number, names, contents), here);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

std::uint64_t argument(int count, char** all, int i, std::uint64_t otherwise) {
  return i < count ? std::strtoull(all[i], nullptr, 10) : otherwise;
}

}  // namespace

int main(int count, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  __sanitizer_set_death_callback(tell_under_way);
  const std::uint64_t cases = argument(count, arguments, 1, 20'000);
  const std::uint64_t seed = argument(count, arguments, 2, 20240501);
  const std::uint64_t first = argument(count, arguments, 3, 0);
  const std::uint64_t end = count > 3 ? first + 1 : cases;
  std::printf("libvips %s, %llu cases, seed %llu\n", libvips().version.c_str(),
              static_cast<unsigned long long>(end - first), static_cast<unsigned long long>(seed));

  // What libvips makes once is made by now.
  for (const std::string& name : pictures()) {
    Session session;
    Bytes pixels;
    if (session.make(name) == Outcome::ok) (void)session.decode(pixels);
  }
  const int objects = count_objects();
  const auto begun = std::chrono::steady_clock::now();
  run_all(first, end, seed);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
  print_tally();
  const int left = count_objects() - objects;
  std::printf("objects of libvips left: %d\n%.0f s\n", left, seconds.count());
  return tally.differences == 0 && left <= 0 ? 0 : 1;
}
