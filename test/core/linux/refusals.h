#pragma once

#include <atomic>
#include <cerrno>
#include <memory>
#include <vector>

#include "failing.h"

// From its beginning to its end, the system refuses one call in 16 of any kind.
class Refusals {
 public:
  Refusals(unsigned seed, bool any) {
    if (!any) return;
    static constexpr struct {
      Call call;
      int error;
    } kinds[] = {{Call::map, ENOMEM},     {Call::protect, ENOMEM}, {Call::discard, EINVAL},
                 {Call::advise, EINVAL},  {Call::open, EIO},       {Call::allocate, ENOSPC},
                 {Call::resident, ENOMEM}};
    for (const auto& kind : kinds) {
      const auto calls = std::make_shared<std::atomic<unsigned>>(seed++);
      const auto rule = [calls, error = kind.error] {
        const unsigned mixed = (*calls)++ * 2'654'435'769u;  // by the golden ratio
        return mixed >> 28 == 0 ? error : 0;
      };
      failing_.push_back(std::make_unique<Failing>(kind.call, rule));
    }
  }

 private:
  std::vector<std::unique_ptr<Failing>> failing_;
};
