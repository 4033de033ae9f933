#pragma once

#include <cstddef>

#include "libvips.h"

// The libvips that PIXELPOOL_TEST_LIBVIPS names, loaded as sharp would have loaded it. The program
// ends where there is none.
const pixelpool::Libvips& libvips();

// A function of it that the codec itself has no use for.
void* libvips_function(const char* name);

// What a test writes with, to compare: vips_image_write_to_memory().
void* write_to_memory(pixelpool::VipsImage* image, std::size_t* bytes);

// libvips' objects that are alive, when none is kept in its cache of operations.
int count_objects();
