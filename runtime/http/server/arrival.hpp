#pragma once
// A connection that is not yet under TLS, and serves nobody.

#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/task.hpp>
#include <http/tls.hpp>

namespace http::detail {

/// The handshake of one connection. A server that is shut down does not wait for it.
class Arrival : public aio::Link<> {
 public:
  explicit Arrival(aio::List<Arrival>& all) { all.push_back(*this); }

  /// Nothing when the client does not come under TLS, in time or at all: that is its own affair.
  aio::Coro<std::optional<tls::Stream>> shake_hands(aio::Stream stream, tls::Context context,
                                                    aio::Delay limit);
  void stop() {
    if (!std::exchange(stopped_, true)) task_.cancel();
  }

 private:
  aio::detail::TaskBase& task_ = aio::detail::TaskBase::current("a server's connection");
  bool stopped_ = false;
};

inline aio::Coro<std::optional<tls::Stream>> Arrival::shake_hands(aio::Stream stream,
                                                                  tls::Context context,
                                                                  aio::Delay limit) {
  std::optional<tls::Stream> secured;
  try {
    secured = co_await tls::start_tls(std::move(stream), std::move(context), {}, limit);
  } catch (const tls::Error&) {
  } catch (const aio::TimeoutError&) {
  } catch (const aio::IncompleteReadError&) {
  } catch (const std::system_error&) {
  } catch (const aio::CancelledError&) {
    if (!stopped_ || task_.uncancel() > 0) throw;
  }
  co_return secured;
}

}  // namespace http::detail
