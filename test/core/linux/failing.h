#pragma once

#include <functional>

// The calls to the system of which a test can say how they go. The linker puts ours in the place of
// the system's where the core and its tests make them; see run.sh.
enum class Call { map, protect, discard, advise, resident, open, allocate, thread };

// What a call fails with, or 0 when the system is to be asked. On any thread, and it may block.
using Rule = std::function<int()>;

// From its beginning to its end, all calls of one kind go by a rule.
class Failing {
 public:
  Failing(Call call, Rule rule);
  Failing(Call call, int error) : Failing(call, [error] { return error; }) {}
  ~Failing();
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;

 private:
  const Call call_;
};

// The n-th call, counted from 1, fails; all others do not.
Rule nth(int n, int error);
