#pragma once
// Lesson 13, cookies: what servers want to be told again, and who may hear it. Given.
//
// Stands on headers and URLs (13). Of RFC 6265 it is what a client needs that runs no scripts.
//  1. A cookie goes back to the origin that has set it, and to no other: not to another port, nor
//     from https to http. That is stricter than the RFC, which lets hosts alone count.
//  2. Only a cookie with a `Domain` goes further, as its server wants it: to that domain and all
//     below it. A server can name the domain that it is in, but none without a dot, such as "com".
//     There is no list here of what else is shared by strangers, such as "co.uk": a server in there
//     can set cookies for its neighbors. Give servers that must not do that jars of their own.
//  3. What was set as `Secure` is sent under TLS only, and cannot be set or replaced in clear.
//  4. A jar has limits, whatever servers want: 4 KB a cookie, 50 of a host, 1,000 in all. Beyond
//     these, the oldest go.
//
// `SameSite` and `HttpOnly` are about pages and scripts, which there are none of.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <http/cookies/set_cookie.hpp>
#include <http/headers.hpp>
#include <http/url.hpp>

namespace http {

/// A cookie that is kept.
struct Cookie {
  std::string name, value;
  std::string domain;  // the host, or the domain that it is for
  std::string path;
  std::string origin;  // the only one that gets it; empty: all hosts of the domain do
  bool secure = false;
  std::optional<std::chrono::system_clock::time_point> expires;  // nothing: with the jar
};

/// The cookies of a client, or of several: see ClientOptions::cookies. One thread uses it at a
/// time.
class CookieJar {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// Takes the cookies that a response sets. Those that it may not set are ignored.
  void store(const Headers& headers, const Url& from, Time now = std::chrono::system_clock::now());
  /// The value of `Cookie` for a request to that URL: those with longer paths come first. Empty:
  /// there is none.
  std::string header_for(const Url& to, Time now = std::chrono::system_clock::now());
  /// In the order in which they were set.
  const std::vector<Cookie>& cookies() const { return cookies_; }
  void clear() { cookies_.clear(); }

 private:
  static constexpr std::size_t longest = 4096, most_of_host = 50, most = 1000;

  static std::optional<Cookie> admit(detail::SetCookie set, const Url& from);
  bool would_replace_secure(const Cookie& cookie) const;
  void put(Cookie cookie, Time now);
  void drop_expired(Time now);
  void drop_oldest(std::string_view domain);

  std::vector<Cookie> cookies_;
};

// Implementation

namespace detail {

inline bool is_address(std::string_view host) {
  return host.contains(':') || (!host.empty() && is_digit(host.back()));
}

/// RFC 6265, 5.1.3.
inline bool domain_matches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.' && !is_address(host);
}

/// RFC 6265, 5.1.4.
inline bool path_matches(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

/// The folder of a path, without the slash at its end.
inline std::string default_cookie_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == path.npos ? "/" : path.substr(0, slash);
}

/// ws counts as http, and wss as https: the WebSocket of a page gets the page's cookies.
inline std::string cookie_origin(const Url& url) {
  const std::string host = url.host() + ":" + std::to_string(url.port());
  return (url.secure() ? "secure " : "clear ") + host;
}

/// What the name of a cookie promises to whoever reads it: draft-ietf-httpbis-rfc6265bis, 4.1.3.
inline bool keeps_promise(const Cookie& cookie) {
  if (same_name(std::string_view(cookie.name).substr(0, 9), "__Secure-")) return cookie.secure;
  if (!same_name(std::string_view(cookie.name).substr(0, 7), "__Host-")) return true;
  return cookie.secure && !cookie.origin.empty() && cookie.path == "/";
}

}  // namespace detail

inline void CookieJar::store(const Headers& headers, const Url& from, Time now) {
  for (const auto [name, value] : headers) {
    if (!same_name(name, "Set-Cookie")) continue;
    std::optional<detail::SetCookie> set = detail::parse_set_cookie(value, now);
    if (!set || set->name.size() + set->value.size() > longest) continue;
    std::optional<Cookie> cookie = admit(std::move(*set), from);
    if (cookie && (from.secure() || !would_replace_secure(*cookie))) put(std::move(*cookie), now);
  }
}

/// Nothing when that server may not set it.
inline std::optional<Cookie> CookieJar::admit(detail::SetCookie set, const Url& from) {
  Cookie cookie{std::move(set.name), std::move(set.value), from.host(), std::move(set.path), "",
                set.secure,          set.expires};
  if (cookie.path.empty()) cookie.path = detail::default_cookie_path(from.path());
  const bool is_wide = !set.domain.empty() && set.domain != from.host();
  if (is_wide && !detail::domain_matches(from.host(), set.domain)) return {};
  if (is_wide && !set.domain.contains('.')) return {};
  const bool for_hosts_below =
      !set.domain.empty() && set.domain.contains('.') && !detail::is_address(set.domain);
  if (for_hosts_below) {
    cookie.domain = std::move(set.domain);
  } else {
    cookie.origin = detail::cookie_origin(from);
  }
  const bool too_open = cookie.secure && !from.secure();
  return !too_open && detail::keeps_promise(cookie) ? std::optional(std::move(cookie))
                                                    : std::nullopt;
}

/// Whoever can change what goes in clear must not get at what goes under TLS.
inline bool CookieJar::would_replace_secure(const Cookie& cookie) const {
  return std::ranges::any_of(cookies_, [&cookie](const Cookie& old) {
    return old.secure && old.name == cookie.name &&
           (detail::domain_matches(old.domain, cookie.domain) ||
            detail::domain_matches(cookie.domain, old.domain)) &&
           detail::path_matches(cookie.path, old.path);
  });
}

/// A cookie that is set again keeps its place; one that has expired is what removes it.
inline void CookieJar::put(Cookie cookie, Time now) {
  const auto same = [&cookie](const Cookie& old) {
    return old.name == cookie.name && old.domain == cookie.domain && old.path == cookie.path &&
           old.origin == cookie.origin;
  };
  if (const auto old = std::ranges::find_if(cookies_, same); old != cookies_.end()) {
    *old = std::move(cookie);
  } else {
    cookies_.push_back(std::move(cookie));
  }
  drop_expired(now);
  if (!cookies_.empty()) drop_oldest(cookies_.back().domain);
}

inline void CookieJar::drop_expired(Time now) {
  std::erase_if(cookies_, [now](const Cookie& c) { return c.expires && *c.expires <= now; });
}

inline void CookieJar::drop_oldest(std::string_view domain) {
  const auto of_domain = [domain](const Cookie& cookie) { return cookie.domain == domain; };
  if (std::ranges::count_if(cookies_, of_domain) > std::ptrdiff_t{most_of_host}) {
    cookies_.erase(std::ranges::find_if(cookies_, of_domain));
  } else if (cookies_.size() > most) {
    cookies_.erase(cookies_.begin());
  }
}

inline std::string CookieJar::header_for(const Url& to, Time now) {
  drop_expired(now);
  const auto path_size = [](const Cookie* cookie) { return cookie->path.size(); };
  std::vector<const Cookie*> sent;
  for (const Cookie& cookie : cookies_) {
    const bool there = cookie.origin.empty() ? detail::domain_matches(to.host(), cookie.domain)
                                             : cookie.origin == detail::cookie_origin(to);
    const bool safe = to.secure() || !cookie.secure;
    if (!there || !safe || !detail::path_matches(to.path(), cookie.path)) continue;
    const auto place =
        std::ranges::upper_bound(sent, cookie.path.size(), std::greater(), path_size);
    sent.insert(place, &cookie);
  }
  std::string header;
  for (const Cookie* const cookie : sent) {
    header.append(header.empty() ? "" : "; ").append(cookie->name + "=" + cookie->value);
  }
  return header;
}

}  // namespace http
