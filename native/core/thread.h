#pragma once

namespace pixelpool {

// Runs a function on a thread of its own, which nobody waits for and no signal interrupts. False
// where the system refuses another thread; std::thread would throw, and we are built without.
[[nodiscard]] bool start_thread(void (*run)());

}  // namespace pixelpool
