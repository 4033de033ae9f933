#pragma once

#include "decoder.h"
#include "libvips_job.h"
#include "loaded.h"
#include "pictures.h"

// One job of a test: the plan and what libvips keeps for this thread.
struct Session {
  const pixelpool::LibvipsJob job{libvips()};
  pixelpool::Plan plan;

  pixelpool::Outcome make(const pixelpool::Input& input, const pixelpool::Request& request = {}) {
    plan = {};
    return make_plan(libvips(), input, request, plan);
  }
  pixelpool::Outcome make(const std::string& name, const pixelpool::Request& request = {}) {
    return make(file_input(name), request);
  }

  // Into memory that is just as large as the picture.
  pixelpool::Outcome decode(Bytes& pixels) {
    pixels.assign(bytes_of(plan), std::byte{0xa5});
    pixelpool::Watch watch;
    return pixelpool::decode(libvips(), plan, {pixels.data(), pixels.size()}, watch);
  }
};
