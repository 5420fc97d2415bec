#pragma once
// A response in JSON.

#include <string>

#include <nlohmann/json.hpp>

#include <http/message.hpp>

inline http::Response json_response(int status, const nlohmann::json& value) {
  return http::Response(status, value.dump(), "application/json");
}

/// What went wrong, as FastAPI says it.
inline http::Response json_error(int status, const std::string& detail) {
  return json_response(status, {{"detail", detail}});
}
