{
  # The addon. Paths are relative to this file; binding.gyp at the top of the repository, and the
  # one that `npx pixelpool build` writes, include it.
  "targets": [
    {
      "target_name": "pixelpool",
      "sources": [
        "core/pages.cc",
        "core/budget.cc",
        "core/cleaner.cc",
        "core/contents.cc",
        "core/demands.cc",
        "core/idle.cc",
        "core/line.cc",
        "core/members.cc",
        "core/moves.cc",
        "core/pool.cc",
        "core/pool_gates.cc",
        "core/pool_memory.cc",
        "core/pool_sharing.cc",
        "core/pool_trim.cc",
        "core/registry.cc",
        "core/scratch.cc",
        "core/shelves.cc",
        "core/slab.cc",
        "core/slabs.cc",
        "core/slot.cc",
        "core/slots.cc",
        "codec/decoder.cc",
        "codec/libvips.cc",
        "codec/libvips_job.cc",
        "codec/loader.cc",
        "codec/pipeline.cc",
        "codec/plan.cc",
        "codec/scaling.cc",
        "codec/source.cc",
        "codec/self_test.cc",
        "codec/strip_reader.cc",
        "codec/turn.cc",
        "codec/watch.cc",
        "binding/addon.cc",
        "binding/answer.cc",
        "binding/bell.cc",
        "binding/codec_functions.cc",
        "binding/codec_words.cc",
        "binding/create_pool.cc",
        "binding/environment.cc",
        "binding/leased.cc",
        "binding/memory_functions.cc",
        "binding/pool_functions.cc",
        "binding/sharing_functions.cc",
        "binding/slot_memory.cc",
        "binding/stats.cc",
        "binding/strip_functions.cc",
        "binding/work.cc",
        "binding/wrap.cc",
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": [
        "NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
        # A worker may be terminated in the middle of a call: what cannot be thrown any more is not.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      ],
      "cflags_cc": [
        "-std=c++17", "-O2", "-ffunction-sections", "-fdata-sections", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden",
        "-Wall", "-Wextra", "-Wpedantic", "-Wno-unused-parameter",
      ],
      "conditions": [
        ["OS=='linux'", {
          "sources": ["core/pages_linux.cc", "core/thread_posix.cc", "codec/system_linux.cc", "codec/file_posix.cc"],
          # nodelete: a worker that loaded the addon alone would unload it at its end, with
          # finalizers of its ArrayBuffers still to run. exclude-libs: our copy of libstdc++ is
          # nobody else's, and what we do not use of it can go (398 KB become 233 KB).
          "ldflags": [
            "-Wl,-z,nodelete", "-static-libgcc", "-static-libstdc++",
            "-Wl,--exclude-libs,ALL", "-Wl,--gc-sections",
          ],
        }],
        ["OS=='mac'", {
          "sources": ["core/pages_macos.cc", "core/thread_posix.cc", "codec/system_macos.cc", "codec/file_posix.cc"],
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
            "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "MACOSX_DEPLOYMENT_TARGET": "12.0",
          },
        }],
        ["OS=='win'", {
          "sources": ["core/pages_windows.cc", "core/thread_windows.cc", "codec/system_windows.cc", "codec/file_windows.cc"],
          "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["/std:c++17"] } },
        }],
      ],
    },
  ],
}
