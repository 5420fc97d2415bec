#pragma once
// Your layer of lesson 13. Check it with: ./learn check 13
// A connection that a server serves: requests in, responses out, in order, within time limits.

#include <chrono>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/ioctl.h>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>
#include <http/connection.hpp>
#include <http/message.hpp>
#include <http/server/arrival.hpp>
#include <http/server/date.hpp>
#include <http/server/deadline.hpp>
#include <http/server/options.hpp>
#include <http/server/router.hpp>
#include <http/server/server_request.hpp>

namespace http {

namespace layers {
inline constexpr const char* visit = __FILE__;  // which copy was compiled; tests print it
}

namespace detail {

/// Shared by the server's handle and its connections.
struct ServerCore : aio::RefCounted {
  ServerCore(Handler answers, const ServerOptions& chosen)
      : handler(std::move(answers)), options(chosen) {}
  /// No connection takes another request; those that wait for one are closed.
  void drain();
  /// Those that are left are cancelled. Gives a line for each that has a request, as far as there
  /// is memory for lines.
  std::vector<std::string> cut();

  Handler handler;
  const ServerOptions options;
  aio::List<Arrival> arrivals;
  aio::List<Visit> visits;
  bool draining = false;
};

/// A request that takes its strings from the one before, and leaves them for the next.
class LentRequest : public ServerRequest {
 public:
  LentRequest(Visit& visit, Connection& connection);
  ~LentRequest();

 private:
  Visit& visit_;
  Connection& connection_;
};

/// A connection that is served. Its functions run in the connection's task.
class Visit : public aio::Link<>, private aio::detail::EndListener {
 public:
  Visit(ServerCore& core, Channel channel);
  ~Visit() { listen_for_end(false); }

  /// Serves a connection until one side closes it, under TLS if the options say so.
  static aio::Coro<> serve(aio::Ref<ServerCore> core, aio::Stream stream);
  /// The next piece of the body of the request that is handled.
  aio::Coro<std::string> read_body();
  /// A piece of the body of the response that is sent.
  aio::Coro<> send_body(std::string piece);
  /// See ServerCore::drain() and cut().
  void drain();
  void cut() { task_.cancel(); }
  /// "GET /users/7: task Task-5, which waits for a sleep", or nothing when it has no request.
  std::string describe() const;

 private:
  friend LentRequest;
  enum class Ending : unsigned char { none, close, abort };

  static aio::Coro<> serve_channel(aio::Ref<ServerCore> core, Channel channel);
  static aio::Coro<> serve_secured(aio::Ref<ServerCore> core, aio::Stream stream);
  bool has_come();
  bool begin_waiting();
  void end_waiting(std::string bytes);
  bool has_request() const { return ending_ == Ending::none && connection_.has_input(); }
  void end();
  void take_end();
  aio::Coro<> exchange();
  aio::Coro<bool> read_head(ServerRequest& request, std::optional<Response>& refusal);
  static bool expects_more_than_that(const Request& request);
  aio::Coro<Response> handle(ServerRequest& request);
  aio::Coro<> respond(const ServerRequest& request, Response response);
  aio::Coro<> send(const ServerRequest& request, Response& response);
  aio::Coro<> finish_request();
  aio::Coro<> make_room();
  aio::Coro<> leave();
  void write_head(const Response& response, bool with_body);
  Response refuse(int status, const char* why);
  Response report(std::exception_ptr exception);
  bool timed_out() { return deadline_.take_back(); }
  static void fail(std::exception_ptr& failure) { failure = std::current_exception(); }
  void abandon() { ending_ = Ending::abort; }
  void stop_handling();
  void listen_for_end(bool listens);
  void ended() override;

  static constexpr std::size_t most_lingering = 1024 * 1024;

  ServerCore& core_;
  Connection connection_;
  Deadline deadline_;
  aio::detail::TaskBase& task_ = aio::detail::TaskBase::current("a server's connection");
  const Request* request_ = nullptr;      // that is served
  std::chrono::nanoseconds body_time_{};  // that is left for the body of this request
  Ending ending_ = Ending::none;
  bool idle_ = false;       // waits for a request
  bool head_out_ = false;   // of the response to the current request
  bool abandoned_ = false;  // the client went while a handler ran
};

}  // namespace detail

// Implementation

namespace detail {

inline LentRequest::LentRequest(Visit& visit, Connection& connection)
    : ServerRequest(visit), visit_(visit), connection_(connection) {
  static_cast<Request&>(*this) = connection_.take_spare_request();
  visit_.request_ = this;
}

inline LentRequest::~LentRequest() {
  visit_.request_ = nullptr;
  connection_.give_spare_request(std::move(static_cast<Request&>(*this)));
}

inline std::string Visit::describe() const {
  if (request_ == nullptr) return "";
  return request_->method + " " + request_->target + ": " + task_.describe();
}

inline Visit::Visit(ServerCore& core, Channel channel)
    : core_(core), connection_(std::move(channel), core.options.limits) {
  core_.visits.push_back(*this);
}

inline void ServerCore::drain() {
  draining = true;
  arrivals.for_each([](Arrival& arrival) { arrival.stop(); });
  visits.for_each([](Visit& visit) { visit.drain(); });
}

inline std::vector<std::string> ServerCore::cut() {
  std::vector<std::string> unfinished;
  visits.for_each([&unfinished](Visit& visit) {
    try {
      if (std::string line = visit.describe(); !line.empty()) unfinished.push_back(std::move(line));
    } catch (const std::bad_alloc&) {  // it is cut all the same
    }
    visit.cut();
  });
  return unfinished;
}

inline void Visit::drain() {
  connection_.will_close();
  if (!idle_) return;
  has_come() ? deadline_.in(core_.options.linger) : deadline_.pass();
}

inline aio::Coro<> Visit::serve(aio::Ref<ServerCore> core, aio::Stream stream) {
  if (core->options.tls) return serve_secured(std::move(core), std::move(stream));
  return serve_channel(std::move(core), Channel(std::move(stream)));
}

inline aio::Coro<> Visit::serve_secured(aio::Ref<ServerCore> core, aio::Stream stream) {
  if (core->draining) co_return;
  std::optional<tls::Stream> secured;
  {
    Arrival arrival(core->arrivals);
    const aio::Delay limit = core->options.handshake;
    secured = co_await arrival.shake_hands(std::move(stream), core->options.tls, limit);
  }
  if (!secured) co_return;
  Channel channel(*std::move(secured));
  co_await serve_channel(std::move(core), std::move(channel));
}

/// One coroutine waits for the next request, so that an idle connection has little memory.
//: 13.3 serve one request after the other, until one side ends
inline aio::Coro<> Visit::serve_channel(aio::Ref<ServerCore> core, Channel channel) {
  AIO_TODO("13.3", "serve one request after the other, until one side ends");
}

/// Are there bytes that nobody has read, in the kernel?
inline bool Visit::has_come() {
  aio::Stream& stream = connection_.channel().stream();
  int bytes = 0;
  return stream.state().has_input() || (::ioctl(stream.fd(), FIONREAD, &bytes) == 0 && bytes > 0);
}

/// Returns false when there is nothing to wait for.
inline bool Visit::begin_waiting() {
  if (ending_ != Ending::none || (core_.draining && !has_come())) return false;
  connection_.rest();
  deadline_.in(core_.draining ? core_.options.linger : core_.options.idle);
  idle_ = true;
  return true;
}

inline void Visit::end_waiting(std::string bytes) {
  idle_ = false;
  deadline_.clear();
  if (bytes.empty()) {
    ending_ = Ending::close;
  } else {
    connection_.put_input(std::move(bytes));
  }
}

/// Whoever has not taken a response by now is cut off.
inline void Visit::end() {
  Channel& channel = connection_.channel();
  const bool cuts = ending_ == Ending::abort || channel.unsent() > 0;
  cuts ? channel.abort() : channel.close();
}

/// One request and its response.
//: 13.3 read one request, and answer it
inline aio::Coro<> Visit::exchange() {
  AIO_TODO("13.3", "read one request, and answer it");
}

inline bool Visit::expects_more_than_that(const Request& request) {
  const std::optional<std::string_view> expected = request.headers.get("Expect");
  return expected && request.minor >= 1 && !same_name(*expected, "100-continue");
}

/// Returns false when there is nobody to answer.
inline aio::Coro<bool> Visit::read_head(ServerRequest& request, std::optional<Response>& refusal) {
  head_out_ = false;
  deadline_.in(core_.options.head);
  try {
    const bool has_come = co_await connection_.read_request(request);
    if (!has_come) ending_ = Ending::close;
    if (has_come && expects_more_than_that(request)) {
      refusal = refuse(417, "100-continue is all that can be expected here");
    }
  } catch (const ProtocolError& error) {
    refusal = refuse(error.status, error.what());
  } catch (const aio::IncompleteReadError&) {
    ending_ = Ending::close;
  } catch (const aio::CancelledError&) {
    if (!timed_out()) throw;
    refusal = refuse(408, "the request did not come in time");
  }
  deadline_.clear();
  body_time_ = core_.options.body;
  co_return ending_ != Ending::close;
}

/// Reads what no handler wanted, if it is not much; else the connection cannot be kept.
//: 13.3 make way for the next request, or for the end
inline aio::Coro<> Visit::finish_request() {
  AIO_TODO("13.3", "make way for the next request, or for the end");
}

/// The client gets the last response although it still sends.
inline aio::Coro<> Visit::leave() {
  if (ending_ == Ending::abort) co_return;
  deadline_.in(core_.options.write);
  co_await connection_.flush();
  co_await connection_.channel().write_all("");
  deadline_.in(core_.options.linger);
  co_await connection_.linger(most_lingering);
}

}  // namespace detail

}  // namespace http

#include <http/server/visit/handling.hpp>  // the rest of Visit
