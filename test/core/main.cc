#include <spawn.h>
#include <sys/wait.h>

#include <cstring>

#include "harness.h"

extern char** environ;  // NOLINT: of POSIX

namespace {

bool run_here(const Test& test) {
  failures = 0;
  test.run();
  return failures == 0;
}

// In a process that runs this test only, and says by its status how it went.
bool run_alone(const char* program, const Test& test) {
  std::fflush(stdout);
  char* const arguments[] = {const_cast<char*>(program), const_cast<char*>("--alone"),
                             const_cast<char*>(test.name), nullptr};
  pid_t process = 0;
  if (posix_spawn(&process, program, nullptr, nullptr, arguments, environ) != 0) return false;
  int status = 0;
  return waitpid(process, &status, 0) == process && status == 0;
}

int run_only(const char* name) {
  for (const Test& test : tests()) {
    if (std::strcmp(test.name, name) == 0) return run_here(test) ? 0 : 1;
  }
  return 2;
}

}  // namespace

// core-tests [part of a name]
int main(int count, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a test that ends the process is known by its name
  if (count == 3 && std::strcmp(arguments[1], "--alone") == 0) return run_only(arguments[2]);
  int passed = 0;
  int failed = 0;
  for (const Test& test : tests()) {
    if (count == 2 && std::strstr(test.name, arguments[1]) == nullptr) continue;
    const bool ok = test.alone ? run_alone(arguments[0], test) : run_here(test);
    std::printf("%s %s\n", ok ? "ok    " : "not ok", test.name);
    (ok ? passed : failed)++;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
