#pragma once

#include <cstddef>
#include <optional>

#include "loaded.h"
#include "pictures.h"
#include "plan.h"
#include "upright.h"

// What a plan's picture must be: written by libvips into memory of its own, turned naively. Nothing
// when libvips cannot read it.
inline std::optional<Bytes> reference_of(const pixelpool::Plan& plan) {
  std::size_t bytes = 0;
  void* const written = write_to_memory(plan.image.get(), &bytes);
  if (written == nullptr) return std::nullopt;
  const bool swapped = plan.orientation >= 5;
  Bytes result =
      upright(plan.orientation, static_cast<const std::byte*>(written),
              swapped ? plan.height : plan.width, swapped ? plan.width : plan.height, plan.bands);
  libvips().g_free(written);
  return result;
}
