#pragma once
// Lesson 13, client: asks servers for things, and keeps its connections for the next request.
//
// Stands on connections (13), and on connect (12).
//  1. Connections are used again, see client/pool.hpp: only clean ones, and never more than so
//  many.
//  2. A request is sent a second time only if that cannot do anything twice: on a new connection,
//     after one that had been used before ended without a byte of an answer.
//  3. Redirects are followed as browsers do. What shows who one is stays with its origin.
//  4. Every wait has a limit, and so has what comes back, also when it is decoded.
//
// It keeps cookies only where it is given a jar, see cookies.hpp.

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <http/client/connector.hpp>
#include <http/client/exchange.hpp>
#include <http/client/options.hpp>
#include <http/client/patience.hpp>
#include <http/client/pool.hpp>
#include <http/client/redirect.hpp>
#include <http/connection.hpp>
#include <http/message.hpp>
#include <http/url.hpp>

namespace http {

namespace detail {
struct ClientCore;
}

/// What a server has answered. After Client::open(), the body comes by read(); after all others, it
/// is in `body`. The headers are as they came: a Content-Length counts bytes that are still coded.
/// Move-only. Destroyed before the body has been read, it closes the connection.
class ClientResponse : public Response {
 public:
  /// Where it came from in the end: redirects may have led there.
  const Url& url() const { return url_; }
  /// The next piece of the body; empty at its end. Throws ProtocolError for what is none, and for
  /// more than the limit; aio::IncompleteReadError when the server ends before; aio::TimeoutError;
  /// std::system_error. One task reads at a time. Cancelled, it has lost nothing.
  aio::Coro<std::string> read();
  /// The rest of the body. Cancelled, it has lost what it had read.
  aio::Coro<std::string> read_all();

 private:
  friend class Client;
  friend struct detail::ClientCore;
  ClientResponse(Response head, Url url, std::unique_ptr<detail::Exchange> exchange)
      : Response(std::move(head)), url_(std::move(url)), exchange_(std::move(exchange)) {
    give_back_if_done();
  }
  void give_back_if_done();

  Url url_;
  std::unique_ptr<detail::Exchange> exchange_;  // null when the body has been read
};

/// Sends requests, as many at once as its tasks want. Move-only. It belongs to the loop that it is
/// used in. Destroyed, it closes the connections that nobody uses; requests that run go on.
///
///   http::Client client;
///   http::ClientResponse page = co_await client.get("http://localhost:8000/");
///   if (page.ok()) std::cout << page.body;
class Client {
 public:
  /// `connector` is what makes connections, e.g. to something else than the URL says. Throws
  /// std::invalid_argument for options that allow no connection.
  explicit Client(ClientOptions options = ClientOptions(), Connector connector = tcp_connector());
  Client(Client&&) noexcept = default;
  Client& operator=(Client&&) = delete;
  ~Client();

  /// Sends a request, and gets the response with its body. Throws UrlError, and
  /// std::invalid_argument for what no request can be made of; RedirectError; ProtocolError for a
  /// response that is none, or is larger than allowed; aio::IncompleteReadError when the server
  /// ends before the response does; aio::TimeoutError, which says what took too long;
  /// std::system_error when the connection fails. A status of 400 and more is no error here.
  /// Cancelled, the server may have got the request or not.
  aio::Coro<ClientResponse> request(std::string method, std::string url,
                                    RequestOptions options = RequestOptions());
  aio::Coro<ClientResponse> get(std::string url, RequestOptions options = RequestOptions());
  aio::Coro<ClientResponse> head(std::string url, RequestOptions options = RequestOptions());
  aio::Coro<ClientResponse> post(std::string url, RequestOptions options = RequestOptions());
  aio::Coro<ClientResponse> put(std::string url, RequestOptions options = RequestOptions());
  aio::Coro<ClientResponse> del(std::string url, RequestOptions options = RequestOptions());
  /// Sends a request, and returns when the head of the response has come. Throws as request() does.
  aio::Coro<ClientResponse> open(std::string method, std::string url,
                                 RequestOptions options = RequestOptions());

  /// Connections that nobody uses at the moment, and those in use.
  std::size_t idle_connections() const;
  std::size_t busy_connections() const;

 private:
  aio::Ref<detail::ClientCore> core_;
};

// Implementation

namespace detail {

/// Shared by the client's handle and its requests.
struct ClientCore : aio::RefCounted {
  ClientCore(ClientOptions chosen, Connector connects)
      : options(std::move(chosen)),
        connector(std::move(connects)),
        pool(new Pool(options.per_origin, options.total)) {}
  ~ClientCore() { pool->close(); }

  Request first_request(std::string method, const Url& url, const RequestOptions& wanted) const;
  void add_cookies(Request& request, const Url& url) const;
  aio::Coro<ClientResponse> ask(const Url& url, const Request& request, const std::string& body,
                                const Patience& patience);
  aio::Coro<Lease> lease_for(const Url& url, const Patience& patience);
  aio::Coro<> connect(Lease& lease, const Url& url, const Patience& patience);
  aio::Coro<bool> exchange(Lease& lease, const Request& request, const std::string& body,
                           Response& response, const Patience& patience, bool may_fail);
  static aio::Coro<> skip_body(ClientResponse& response);

  const ClientOptions options;
  Connector connector;
  const aio::Ref<Pool> pool;
};

/// What the client itself says is taken from nobody else.
inline Request ClientCore::first_request(std::string method, const Url& url,
                                         const RequestOptions& wanted) const {
  if (!url.user_info().empty()) {
    throw UrlError("a user and a password do not belong in a URL; set the header Authorization");
  }
  Request request(std::move(method), url.target());
  Headers& headers = request.headers;
  headers.add("Host", wanted.headers.get("Host").value_or(url.authority()));
  for (const auto [name, value] : wanted.headers) {
    if (!same_name(name, "Host") && !same_name(name, "Content-Length")) headers.add(name, value);
  }
  for (const auto [name, value] : options.headers) {
    if (!wanted.headers.contains(name)) headers.add(name, value);
  }
  if (options.decode && !headers.contains("Accept-Encoding")) {
    headers.add("Accept-Encoding", "gzip");
  }
  if (headers.contains("Transfer-Encoding")) {
    throw std::invalid_argument("a client says itself how the body of a request is sent");
  }
  const bool may_have_body = request.method != "GET" && request.method != "HEAD";
  if (!wanted.body.empty() || may_have_body) {
    headers.add("Content-Length", std::to_string(wanted.body.size()));
  }
  check_request_line(request);
  return request;
}

/// Those of the jar that belong to that URL, and no others.
inline void ClientCore::add_cookies(Request& request, const Url& url) const {
  if (!options.cookies) return;
  const std::string cookies = options.cookies->header_for(url);
  request.headers.remove("Cookie");
  if (!cookies.empty()) request.headers.add("Cookie", cookies);
}

/// One request, without redirects. One retry at most: the second connection is a new one.
inline aio::Coro<ClientResponse> ClientCore::ask(const Url& url, const Request& request,
                                                 const std::string& body,
                                                 const Patience& patience) {
  Lease lease = co_await lease_for(url, patience);
  const bool reused = lease.has_connection();
  if (!reused) co_await connect(lease, url, patience);
  Response head;
  const bool may_retry = reused && is_idempotent(request.method);
  const bool answered = co_await exchange(lease, request, body, head, patience, may_retry);
  if (!answered) {
    co_await connect(lease, url, patience);
    co_await exchange(lease, request, body, head, patience, false);
  }
  auto rest = std::make_unique<Exchange>(std::move(lease), patience, options, head);
  co_return ClientResponse(std::move(head), url, std::move(rest));
}

inline aio::Coro<Lease> ClientCore::lease_for(const Url& url, const Patience& patience) {
  const auto enter = [this, &url] { return Pool::enter(pool, url.origin()); };
  Slot slot = co_await patience.step(options.whole, "its turn", enter);
  co_return Lease(pool, std::move(slot));
}

inline aio::Coro<> ClientCore::connect(Lease& lease, const Url& url, const Patience& patience) {
  lease.set_connection(nullptr);
  pool->make_room();
  const auto connect = [this, &url] { return connector(url); };
  Channel channel = co_await patience.step(options.connect, "the connection", connect);
  lease.set_connection(std::make_unique<PooledConnection>(std::move(channel), options.limits));
}

/// Sends the request, and reads the head of the response. Returns false when the connection ended
/// without a byte of it, and that `may_happen`. The body is not waited for: a server that refuses
/// it says so before it has read it.
inline aio::Coro<bool> ClientCore::exchange(Lease& lease, const Request& request,
                                            const std::string& body, Response& response,
                                            const Patience& patience, bool may_happen) {
  Connection& connection = lease.connection();
  response.status = 0;
  connection.write_head(request);
  connection.write(body);
  connection.finish();
  static_cast<void>(connection.flush());
  const auto read = [&] { return connection.read_response(response, request.method); };
  try {
    co_await patience.step(options.between, "the response", read);
  } catch (const aio::IncompleteReadError&) {
    if (!may_happen || response.status != 0 || connection.has_begun()) throw;
    co_return false;
  } catch (const std::system_error&) {
    if (!may_happen || response.status != 0 || connection.has_begun()) throw;
    co_return false;
  }
  if (response.status == 101) connection.will_close();  // nobody here speaks another protocol
  co_return true;
}

/// A short body is read, so that its connection can be used again.
inline aio::Coro<> ClientCore::skip_body(ClientResponse& response) {
  static constexpr std::size_t enough = 64 * 1024;
  for (std::size_t read = 0; read < enough;) {
    const std::string piece = co_await response.read();
    if (piece.empty()) break;
    read += piece.size();
  }
}

/// A request with its redirects.
inline aio::Coro<ClientResponse> open(aio::Ref<ClientCore> core, std::string method,
                                      std::string where, RequestOptions wanted) {
  Url url = Url::parse(where);
  Request request = core->first_request(std::move(method), url, wanted);
  const Patience patience(wanted.whole.value_or(core->options.whole));
  const bool own_cookies = request.headers.contains("Cookie");
  for (int redirects = 0;; ++redirects) {
    if (!own_cookies) core->add_cookies(request, url);
    ClientResponse response = co_await core->ask(url, request, wanted.body, patience);
    if (core->options.cookies) core->options.cookies->store(response.headers, url);
    std::optional<Url> next;
    if (wanted.follow) next = redirect_target(response, url);
    if (!next) co_return response;
    if (redirects == core->options.redirects) {
      throw RedirectError("too many redirects; the last one leads to " + next->text());
    }
    co_await ClientCore::skip_body(response);
    redirect(request, wanted.body, response.status, url, *next);
    url = std::move(*next);
  }
}

inline aio::Coro<ClientResponse> fetch(aio::Ref<ClientCore> core, std::string method,
                                       std::string url, RequestOptions wanted) {
  ClientResponse response =
      co_await open(std::move(core), std::move(method), std::move(url), std::move(wanted));
  response.body = co_await response.read_all();
  co_return response;
}

}  // namespace detail

// ── responses ──

inline aio::Coro<std::string> ClientResponse::read() {
  std::string piece;
  while (piece.empty() && exchange_) {
    piece = co_await exchange_->read();
    give_back_if_done();
  }
  co_return piece;
}

inline aio::Coro<std::string> ClientResponse::read_all() {
  std::string all = co_await read();
  while (exchange_) {
    const std::string piece = co_await read();
    all += piece;
  }
  co_return all;
}

inline void ClientResponse::give_back_if_done() {
  if (exchange_ && exchange_->done()) std::exchange(exchange_, nullptr)->give_back();
}

// ── the client ──

inline Client::Client(ClientOptions options, Connector connector)
    : core_(new detail::ClientCore(std::move(options), std::move(connector))) {
  if (core_->options.per_origin == 0 || core_->options.total == 0) {
    throw std::invalid_argument("a client needs a connection: neither per_origin nor total is 0");
  }
}

inline Client::~Client() {
  if (core_) core_->pool->close();
}

inline aio::Coro<ClientResponse> Client::open(std::string method, std::string url,
                                              RequestOptions options) {
  return detail::open(core_, std::move(method), std::move(url), std::move(options));
}
inline aio::Coro<ClientResponse> Client::request(std::string method, std::string url,
                                                 RequestOptions options) {
  return detail::fetch(core_, std::move(method), std::move(url), std::move(options));
}
inline aio::Coro<ClientResponse> Client::get(std::string url, RequestOptions options) {
  return request("GET", std::move(url), std::move(options));
}
inline aio::Coro<ClientResponse> Client::head(std::string url, RequestOptions options) {
  return request("HEAD", std::move(url), std::move(options));
}
inline aio::Coro<ClientResponse> Client::post(std::string url, RequestOptions options) {
  return request("POST", std::move(url), std::move(options));
}
inline aio::Coro<ClientResponse> Client::put(std::string url, RequestOptions options) {
  return request("PUT", std::move(url), std::move(options));
}
inline aio::Coro<ClientResponse> Client::del(std::string url, RequestOptions options) {
  return request("DELETE", std::move(url), std::move(options));
}

inline std::size_t Client::idle_connections() const { return core_->pool->idle(); }
inline std::size_t Client::busy_connections() const { return core_->pool->in_use(); }

}  // namespace http
