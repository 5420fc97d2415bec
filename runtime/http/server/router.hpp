#pragma once
// Which handler answers which request.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <http/message.hpp>
#include <http/server/server_request.hpp>
#include <http/url/percent.hpp>

namespace http {

/// What answers a request. Whatever it throws becomes the response 500, unless it is a
/// ProtocolError, whose status is answered. It is kept until its coroutines have ended.
using Handler = std::move_only_function<aio::Coro<Response>(ServerRequest&)>;
/// What stands around a handler: it may answer itself, or call the handler once and look at the
/// response.
using Middleware = std::move_only_function<aio::Coro<Response>(ServerRequest&, Handler&)>;

/// Finds the handler of a request by its method and its path.
///
///   http::Router router;
///   router.get("/users/{id}", [](http::ServerRequest& request) -> aio::Coro<http::Response> {
///     co_return http::Response(200, "user " + request.parameter("id"));
///   });
///
/// A path without parameters goes before one with parameters; of those, the one that was added
/// first. HEAD is answered by the handler of GET. A path that has handlers, but none for the
/// method, is answered with 405, and OPTIONS with what there is.
class Router {
 public:
  /// `{name}` stands for one segment, and `{name...}`, at the end, for all that follow. Throws
  /// std::invalid_argument for a path that is none, and for one that has a handler already.
  Router& add(std::string_view method, std::string_view path, Handler handler);
  Router& get(std::string_view path, Handler handler);
  Router& post(std::string_view path, Handler handler);
  Router& put(std::string_view path, Handler handler);
  Router& patch(std::string_view path, Handler handler);
  Router& del(std::string_view path, Handler handler);
  /// Stands around everything, also around 404 and 405; the one that was added first is outermost.
  Router& use(Middleware middleware);
  /// What answers requests by these routes. The router is empty then.
  Handler handler() &&;

 private:
  struct Route {
    std::vector<std::string> segments;  // a parameter keeps its braces
    std::string path;
    bool has_parameters = false, takes_rest = false;
    std::vector<std::pair<std::string, Handler>> handlers;
  };
  using Routes = std::vector<Route>;

  static Route parse(std::string_view path);
  static Route* find(Routes& routes, ServerRequest& request);
  static bool matches(const Route& route, const std::vector<std::string>& segments);
  static void set_parameters(const Route& route, const std::vector<std::string>& segments,
                             ServerRequest& request);
  static Handler* handler_for(Route& route, std::string_view method);
  static std::string allowed(const Route& route);
  static Response refuse(const Route& route, std::string_view method);
  static aio::Coro<Response> at_once(Response response) { co_return response; }
  static aio::Coro<Response> dispatch(Routes& routes, ServerRequest& request);

  Routes routes_;
  std::vector<Middleware> middleware_;
};

// Implementation

namespace detail {

inline bool is_parameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}') && segment.size() > 2;
}
inline bool is_rest(std::string_view segment) {
  return is_parameter(segment) && segment.ends_with("...}") && segment.size() > 5;
}

}  // namespace detail

inline Router::Route Router::parse(std::string_view path) {
  if (!path.starts_with('/'))
    throw std::invalid_argument("the path of a route begins with a slash");
  Route route;
  for (std::string& segment : detail::segments_of(path)) {
    if (route.takes_rest) throw std::invalid_argument("{name...} stands at the end of a route");
    route.takes_rest = detail::is_rest(segment);
    route.has_parameters |= detail::is_parameter(segment);
    route.segments.push_back(std::move(segment));
  }
  route.path = path;
  return route;
}

inline Router& Router::add(std::string_view method, std::string_view path, Handler handler) {
  Route route = parse(path);
  if (!is_token(method)) throw std::invalid_argument("the method of a route is a token");
  const auto same = [&route](const Route& other) { return other.segments == route.segments; };
  auto found = std::ranges::find_if(routes_, same);
  if (found == routes_.end()) {
    routes_.push_back(std::move(route));
    found = routes_.end() - 1;
  }
  for (const auto& [other, its_handler] : found->handlers) {
    if (other == method) throw std::invalid_argument("this route has a handler already");
  }
  found->handlers.emplace_back(method, std::move(handler));
  return *this;
}

inline Router& Router::get(std::string_view path, Handler handler) {
  return add("GET", path, std::move(handler));
}
inline Router& Router::post(std::string_view path, Handler handler) {
  return add("POST", path, std::move(handler));
}
inline Router& Router::put(std::string_view path, Handler handler) {
  return add("PUT", path, std::move(handler));
}
inline Router& Router::patch(std::string_view path, Handler handler) {
  return add("PATCH", path, std::move(handler));
}
inline Router& Router::del(std::string_view path, Handler handler) {
  return add("DELETE", path, std::move(handler));
}

inline Router& Router::use(Middleware middleware) {
  middleware_.push_back(std::move(middleware));
  return *this;
}

inline Handler Router::handler() && {
  Handler all = [routes = std::move(routes_)](ServerRequest& request) mutable {
    return dispatch(routes, request);
  };
  while (!middleware_.empty()) {
    all = [around = std::move(middleware_.back()), inner = std::move(all)](
              ServerRequest& request) mutable { return around(request, inner); };
    middleware_.pop_back();
  }
  return all;
}

/// No coroutine of its own: the handler's is handed on.
inline aio::Coro<Response> Router::dispatch(Routes& routes, ServerRequest& request) {
  Route* const route = find(routes, request);
  if (route == nullptr) {
    if (request.target == "*") return at_once(Response(204));
    return at_once(Response(404, "There is nothing here.\n"));
  }
  if (Handler* const handler = handler_for(*route, request.method)) return (*handler)(request);
  return at_once(refuse(*route, request.method));
}

inline Router::Route* Router::find(Routes& routes, ServerRequest& request) {
  for (Route& route : routes) {
    if (!route.has_parameters && route.path == request.path()) return &route;
  }
  const std::vector<std::string> segments = detail::segments_of(request.raw_path());
  for (Route& route : routes) {
    if (!route.has_parameters || !matches(route, segments)) continue;
    set_parameters(route, segments, request);
    return &route;
  }
  return nullptr;
}

inline bool Router::matches(const Route& route, const std::vector<std::string>& segments) {
  const std::size_t fixed = route.segments.size() - (route.takes_rest ? 1 : 0);
  if (route.takes_rest ? segments.size() <= fixed : segments.size() != fixed) return false;
  for (std::size_t i = 0; i < fixed; ++i) {
    const bool any = detail::is_parameter(route.segments[i]);
    if (any ? segments[i].empty() : route.segments[i] != segments[i]) return false;
  }
  return true;
}

inline void Router::set_parameters(const Route& route, const std::vector<std::string>& segments,
                                   ServerRequest& request) {
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    const std::string_view segment = route.segments[i];
    if (!detail::is_parameter(segment)) continue;
    const std::size_t marks = detail::is_rest(segment) ? 5 : 2;
    std::string value = segments[i];
    for (std::size_t j = i + 1; detail::is_rest(segment) && j < segments.size(); ++j) {
      value.append("/").append(segments[j]);
    }
    request.set_parameter(std::string(segment.substr(1, segment.size() - marks)), std::move(value));
  }
}

inline Handler* Router::handler_for(Route& route, std::string_view method) {
  Handler* for_get = nullptr;
  for (auto& [its_method, handler] : route.handlers) {
    if (its_method == method) return &handler;
    if (its_method == "GET") for_get = &handler;
  }
  return method == "HEAD" ? for_get : nullptr;
}

inline std::string Router::allowed(const Route& route) {
  std::string methods = "OPTIONS";
  for (const auto& [method, handler] : route.handlers) {
    methods.append(", ").append(method);
    if (method == "GET") methods.append(", HEAD");
  }
  return methods;
}

inline Response Router::refuse(const Route& route, std::string_view method) {
  Response response =
      method == "OPTIONS" ? Response(204) : Response(405, "This cannot be done here.\n");
  response.headers.add("Allow", allowed(route));
  return response;
}

}  // namespace http
