#pragma once

#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

// Until that thread of this process waits for another one, or has ended.
inline void await_sleep(pid_t thread) {
  const std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
  for (int asleep = 0; asleep < 3;) {
    std::string stat;
    if (!std::getline(std::ifstream(path), stat)) return;
    const auto name_end = stat.rfind(") ");
    const bool sleeps = name_end != std::string::npos && stat[name_end + 2] == 'S';
    asleep = sleeps ? asleep + 1 : 0;
    std::this_thread::yield();
  }
}
