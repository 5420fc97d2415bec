#pragma once
// Lesson 13, url: where a resource is.
//
// Stands on nothing. Of RFC 3986 it takes what HTTP and WebSocket need: http, https, ws and wss, a
// host, and no characters that two programs may read in two ways.
//  1. What was parsed can be sent: a Url never holds a blank, a control character or a line break.
//  2. The path and the query stay as they were written, percent signs and all.
//  3. A user and a password are kept apart: they are in no target, no authority and no text.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <http/headers/characters.hpp>
#include <http/url/percent.hpp>
#include <http/url/splitting.hpp>

namespace http {

/// A text that is no URL, or none that can be used here; what() says why.
struct UrlError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// An absolute URL of one of the schemes http, https, ws and wss.
class Url {
 public:
  /// Throws UrlError.
  static Url parse(std::string_view text);
  /// What a reference such as the value of `Location` means, seen from here: RFC 3986, 5.2. Throws
  /// UrlError.
  Url resolve(std::string_view reference) const;

  /// In small letters.
  const std::string& scheme() const { return scheme_; }
  /// Over TLS.
  bool secure() const { return scheme_ == "https" || scheme_ == "wss"; }
  /// In small letters; an IPv6 address without its brackets.
  const std::string& host() const { return host_; }
  /// The one that was named, or the scheme's.
  std::uint16_t port() const { return port_; }
  /// Begins with a slash.
  const std::string& path() const { return path_; }
  /// Without its question mark. Empty and absent are told apart by target() alone.
  const std::string& query() const { return query_; }
  /// Without its number sign. It is never sent.
  const std::string& fragment() const { return fragment_; }
  /// "user:password" as it was written, or empty.
  const std::string& user_info() const { return user_info_; }

  /// What a request line asks for: the path and the query.
  std::string target() const { return has_query_ ? path_ + "?" + query_ : path_; }
  /// What `Host` says: the host, and the port unless it is the scheme's.
  std::string authority() const;
  /// The scheme and the authority: connections, cookies and passwords belong to one origin.
  std::string origin() const { return scheme_ + "://" + authority(); }
  /// Everything but the user and the password.
  std::string text() const;
  friend bool operator==(const Url&, const Url&) = default;

 private:
  static std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" || scheme == "wss" ? 443 : 80;
  }
  void take_scheme(std::string_view scheme);
  void take_authority(std::string_view authority);
  void take_host(std::string_view host);
  void take_port(std::string_view port);
  void take_target(const detail::UrlParts& parts);

  std::string scheme_, user_info_, host_, path_ = "/", query_, fragment_;
  std::uint16_t port_ = 80;
  bool has_query_ = false;
};

// Implementation

inline Url Url::parse(std::string_view text) {
  if (const char* const wrong = detail::unusable_in_url(text)) throw UrlError(wrong);
  const detail::UrlParts parts = detail::split_url(text);
  if (!parts.scheme) throw UrlError("a URL begins with http:// or another scheme");
  if (!parts.authority) throw UrlError("after the scheme of a URL come two slashes and a host");
  Url url;
  url.take_scheme(*parts.scheme);
  url.take_authority(*parts.authority);
  url.take_target(parts);
  return url;
}

inline Url Url::resolve(std::string_view reference) const {
  if (const char* const wrong = detail::unusable_in_url(reference)) throw UrlError(wrong);
  detail::UrlParts parts = detail::split_url(reference);
  if (parts.scheme) return parse(reference);
  Url url = *this;
  if (parts.authority) {
    url.user_info_.clear();
    url.take_authority(*parts.authority);
  }
  const bool same_page = !parts.authority && parts.path.empty();
  const std::string merged = detail::merged_path(parts.authority ? "/" : path_, parts.path);
  const std::string old_query = query_;
  parts.path = same_page ? std::string_view(path_) : std::string_view(merged);
  if (same_page && !parts.query && has_query_) parts.query = old_query;
  url.take_target(parts);
  return url;
}

inline void Url::take_scheme(std::string_view scheme) {
  scheme_ = lowered(scheme);
  if (scheme_ != "http" && scheme_ != "https" && scheme_ != "ws" && scheme_ != "wss") {
    throw UrlError("the scheme of a URL must be http, https, ws or wss, not " + scheme_);
  }
}

inline void Url::take_authority(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  if (at != authority.npos) {
    user_info_ = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const bool is_address = authority.starts_with('[');
  const std::size_t bracket = is_address ? authority.find(']') : 0;
  if (bracket == authority.npos) throw UrlError("the IPv6 address of a URL has no closing bracket");
  const std::size_t colon = authority.find(':', bracket);
  take_host(authority.substr(0, colon));
  take_port(colon == authority.npos ? "" : authority.substr(colon + 1));
}

inline void Url::take_host(std::string_view host) {
  if (host.empty()) throw UrlError("a URL needs a host");
  if (!detail::is_host(host)) {
    throw UrlError("this is no host name and no address: " + std::string(host));
  }
  host_ = lowered(host);
  if (host_.front() == '[') host_ = host_.substr(1, host_.size() - 2);
}

inline void Url::take_port(std::string_view port) {
  port_ = default_port(scheme_);
  if (port.empty()) return;
  const char* const end = port.data() + port.size();
  const auto [last, error] = std::from_chars(port.data(), end, port_);
  if (error != std::errc() || last != end || port_ == 0) {
    throw UrlError("the port of a URL is a number from 1 to 65535, not " + std::string(port));
  }
}

inline void Url::take_target(const detail::UrlParts& parts) {
  path_ = parts.path.empty() ? "/" : detail::without_dots(parts.path);
  has_query_ = parts.query.has_value();
  query_ = parts.query.value_or("");
  fragment_ = parts.fragment.value_or("");
}

inline std::string Url::authority() const {
  std::string text = host_.find(':') == host_.npos ? host_ : "[" + host_ + "]";
  if (port_ != default_port(scheme_)) text += ":" + std::to_string(port_);
  return text;
}

inline std::string Url::text() const {
  return origin() + target() + (fragment_.empty() ? "" : "#" + fragment_);
}

}  // namespace http
