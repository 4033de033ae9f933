#pragma once

namespace pixelpool {

// What the core answers when it is asked to do something. The words for people are in TypeScript.
enum class Status {
  ok,
  exhausted,      // no slot is free, or the budget is spent
  scratch_full,   // the same, and no directory gives as much
  closed,         // the pool takes no more acquires
  held,           // somebody else holds the slot too
  stale,          // the lease or the wrap named has ended
  out_of_memory,  // the system refuses the memory
};

}  // namespace pixelpool
