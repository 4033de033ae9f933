#include "mutation.h"

#include <algorithm>

namespace {

std::ptrdiff_t place_in(const Bytes& picture, Chance& chance) {
  // Every other one in the header, where a byte matters more.
  const std::size_t end =
      chance.one_in(2) ? std::min<std::size_t>(picture.size(), 300) : picture.size();
  return static_cast<std::ptrdiff_t>(chance.below(end));
}

std::byte any_byte(Chance& chance) {
  constexpr std::byte telling[] = {std::byte{0}, std::byte{1}, std::byte{0x7f}, std::byte{0x80},
                                   std::byte{0xff}};
  return chance.one_in(2) ? telling[chance.below(std::size(telling))]
                          : static_cast<std::byte>(chance.below(256));
}

void change_bytes(Bytes& picture, Chance& chance) {
  for (int left = chance.between(1, 6); left > 0; left--) {
    std::byte& changed = picture[static_cast<std::size_t>(place_in(picture, chance))];
    // A bit or a byte.
    changed = chance.one_in(3) ? changed ^ static_cast<std::byte>(1U << chance.below(8))
                               : any_byte(chance);
  }
}

void insert_bytes(Bytes& picture, Chance& chance) {
  const Bytes inserted(static_cast<std::size_t>(chance.between(1, 40)), any_byte(chance));
  picture.insert(picture.begin() + place_in(picture, chance), inserted.begin(), inserted.end());
}

void copy_block(Bytes& picture, const Bytes& other, Chance& chance) {
  const auto to = place_in(picture, chance);
  const auto from = place_in(other, chance);
  const auto longest = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(picture.size()) - to,
                                                static_cast<std::ptrdiff_t>(other.size()) - from);
  const auto bytes = 1 + static_cast<std::ptrdiff_t>(chance.below(
                             static_cast<std::size_t>(std::min<std::ptrdiff_t>(longest, 400))));
  std::copy_n(other.begin() + from, bytes, picture.begin() + to);
}

}  // namespace

Bytes mutated(Bytes picture, const Bytes& other, Chance& chance) {
  switch (chance.below(8)) {
    case 0:
      break;
    case 1:
      picture.resize(1 + chance.below(picture.size()));
      break;
    case 2:
      insert_bytes(picture, chance);
      break;
    case 3:
      copy_block(picture, other, chance);
      break;
    case 4:
      copy_block(picture, picture, chance);
      break;
    default:
      change_bytes(picture, chance);
  }
  return picture;
}
