#pragma once

#include "answer.h"

namespace pixelpool {

// Gives a codec, whose libvips is `data`, the functions that read images in strips.
void add_strip_functions(Answer& codec, void* data);

}  // namespace pixelpool
