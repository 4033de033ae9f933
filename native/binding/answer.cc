#include "answer.h"

namespace pixelpool {

void Answer::set(const char* name, double value) {
  napi_value number = nullptr;
  napi_create_double(env_, value, &number);
  set(name, number);
}

void Answer::set(const char* name, const std::string& value) {
  napi_value text = nullptr;
  napi_create_string_utf8(env_, value.data(), value.size(), &text);
  set(name, text);
}

napi_value Answer::function(const char* name, napi_callback callback, void* data) {
  napi_value function = nullptr;
  const auto status = napi_create_function(env_, name, NAPI_AUTO_LENGTH, callback, data, &function);
  return status == napi_ok ? function : nullptr;
}

std::int64_t Given::number(const char* name) {
  std::int64_t number = 0;
  const napi_value value = get(name);
  if (value != nullptr && napi_get_value_int64(env_, value, &number) != napi_ok) whole_ = false;
  return number;
}

bool Given::flag(const char* name) {
  bool flag = false;
  const napi_value value = get(name);
  if (value != nullptr && napi_get_value_bool(env_, value, &flag) != napi_ok) whole_ = false;
  return flag;
}

bool Given::is_number(const char* name) {
  napi_valuetype type = napi_undefined;
  const napi_value value = get(name);
  if (value != nullptr && napi_typeof(env_, value, &type) != napi_ok) whole_ = false;
  return type == napi_number;
}

std::string Given::text(const char* name) {
  const napi_value value = get(name);
  return value == nullptr ? "" : Napi::String(env_, value).Utf8Value();
}

std::vector<std::int64_t> Given::numbers(const char* name) {
  std::vector<std::int64_t> numbers;
  for (const napi_value element : elements(name)) {
    std::int64_t number = 0;
    if (napi_get_value_int64(env_, element, &number) != napi_ok) whole_ = false;
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<std::string> Given::texts(const char* name) {
  std::vector<std::string> texts;
  for (const napi_value element : elements(name)) {
    texts.push_back(Napi::String(env_, element).Utf8Value());
  }
  return texts;
}

std::vector<napi_value> Given::elements(const char* name) {
  std::vector<napi_value> elements;
  const napi_value array = get(name);
  std::uint32_t length = 0;
  if (array == nullptr || napi_get_array_length(env_, array, &length) != napi_ok) whole_ = false;
  for (std::uint32_t i = 0; whole_ && i < length; i++) {
    napi_value element = nullptr;
    if (napi_get_element(env_, array, i, &element) == napi_ok) {
      elements.push_back(element);
    } else {
      whole_ = false;
    }
  }
  return elements;
}

napi_value Given::get(const char* name) {
  napi_value value = nullptr;
  if (napi_get_named_property(env_, object_, name, &value) == napi_ok) return value;
  whole_ = false;
  return nullptr;
}

}  // namespace pixelpool
