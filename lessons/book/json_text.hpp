#pragma once
// JSON as text. What a learner has written, or a compiler has said, may be anything: bytes that are
// no UTF-8 are replaced.

#include <string>

#include <nlohmann/json.hpp>

namespace book {

inline std::string text_of(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace book
