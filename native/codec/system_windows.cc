#include "system.h"

// clang-format off
#include <windows.h>  // before psapi.h, which does not include what it needs
#include <psapi.h>
// clang-format on

#include <cwchar>

namespace pixelpool {
namespace {

// The C functions are in this one; libvips-cpp-*.dll has only the C++ layer over them.
bool is_libvips(const std::wstring& file) {
  const std::wstring name = file.substr(file.find_last_of(L"\\/") + 1);
  return _wcsnicmp(name.c_str(), L"libvips-42", 10) == 0;
}

std::string to_utf8(const std::wstring& text) {
  const int length = static_cast<int>(text.size());
  const int bytes =
      WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
  std::string result(static_cast<std::size_t>(bytes), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), length, result.data(), bytes, nullptr, nullptr);
  return result;
}

std::wstring file_of(HMODULE module) {
  std::wstring file(32768, L'\0');  // the longest path that Windows knows
  const DWORD length = GetModuleFileNameW(module, file.data(), static_cast<DWORD>(file.size()));
  file.resize(length);
  return file;
}

std::vector<HMODULE> modules() {
  std::vector<HMODULE> found(1024);
  DWORD bytes = 0;
  const auto capacity = static_cast<DWORD>(found.size() * sizeof(HMODULE));
  if (EnumProcessModules(GetCurrentProcess(), found.data(), capacity, &bytes) == 0) return {};
  if (bytes < capacity) found.resize(bytes / sizeof(HMODULE));
  return found;
}

}  // namespace

std::vector<std::string> loaded_libvips() {
  std::vector<std::string> files;
  for (const HMODULE module : modules()) {
    const std::wstring file = file_of(module);
    if (is_libvips(file)) files.push_back(to_utf8(file));
  }
  return files;
}

void* open_loaded(const std::string& file) {
  for (const HMODULE module : modules()) {
    const std::wstring name = file_of(module);
    if (to_utf8(name) != file) continue;
    HMODULE held = nullptr;  // one more reference, so that it stays
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN, name.c_str(), &held);
    return held;
  }
  return nullptr;
}

void* symbol_of(void* library, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library), name));
}

}  // namespace pixelpool
