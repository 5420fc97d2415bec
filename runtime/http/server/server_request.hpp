#pragma once
// A request as its handler gets it: the head, parts of the target, and a way to its body.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <http/message.hpp>
#include <http/url/percent.hpp>

namespace http {

namespace detail {

class Visit;

/// The segments of a path, decoded one by one: an encoded slash does not end one. What is encoded
/// wrongly stays as it is.
inline std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    segments.push_back(percent_decode(segment).value_or(std::string(segment)));
    path.remove_prefix(slash);
  }
  return segments;
}

}  // namespace detail

/// A request that is being handled. It lives until its handler has ended.
class ServerRequest : public Request {
 public:
  explicit ServerRequest(detail::Visit& visit) : visit_(visit) {}
  ServerRequest(const ServerRequest&) = delete;
  ServerRequest& operator=(const ServerRequest&) = delete;

  /// The path, decoded. Compare it, but do not open files by it: an encoded slash has become one.
  std::string_view path() const;
  /// The path as it was sent.
  std::string_view raw_path() const;
  /// What stands behind the question mark, as it was sent.
  std::string_view query() const;
  /// The first value of a name in the query, decoded as forms are encoded.
  std::optional<std::string> query_value(std::string_view name) const;
  /// What a parameter of the route stands for, decoded. Throws std::out_of_range when the route
  /// has none of that name.
  const std::string& parameter(std::string_view name) const;
  void set_parameter(std::string name, std::string value) {
    parameters_.emplace_back(std::move(name), std::move(value));
  }

  /// The next piece of the body; empty at its end. Throws ProtocolError for what is none and for
  /// more than the limit, aio::IncompleteReadError when the client goes. A client that waits to be
  /// told to go on is told so by the first read. Cancelled, it has lost nothing.
  aio::Coro<std::string> read();  // defined in <http/server.hpp>, like all that serves
  /// The rest of the body. Cancelled, it has lost what it had read.
  aio::Coro<std::string> read_all();

 private:
  detail::Visit& visit_;
  mutable std::optional<std::string> decoded_;
  std::vector<std::pair<std::string, std::string>> parameters_;
};

// Implementation

inline std::string_view ServerRequest::raw_path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

inline std::string_view ServerRequest::path() const {
  const std::string_view raw = raw_path();
  if (!raw.contains('%')) return raw;
  if (!decoded_) decoded_ = percent_decode(raw).value_or(std::string(raw));
  return *decoded_;
}

inline std::string_view ServerRequest::query() const {
  const std::size_t mark = target.find('?');
  return mark == target.npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

inline std::optional<std::string> ServerRequest::query_value(std::string_view name) const {
  std::string_view rest = query();
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (form_decode(pair.substr(0, equals)) != name) continue;
    return form_decode(pair.substr(std::min(equals + 1, pair.size())));
  }
  return std::nullopt;
}

inline const std::string& ServerRequest::parameter(std::string_view name) const {
  for (const auto& [its_name, value] : parameters_) {
    if (its_name == name) return value;
  }
  throw std::out_of_range("the route has no parameter " + std::string(name));
}

}  // namespace http
