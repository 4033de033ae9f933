#include <windows.h>

#include "thread.h"

namespace pixelpool {

bool start_thread(void (*run)()) {
  const auto start = [](void* function) -> DWORD {
    reinterpret_cast<void (*)()>(function)();
    return 0;
  };
  const HANDLE thread = CreateThread(nullptr, 0, start, reinterpret_cast<void*>(run), 0, nullptr);
  if (thread != nullptr) CloseHandle(thread);
  return thread != nullptr;
}

}  // namespace pixelpool
