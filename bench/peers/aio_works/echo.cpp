// W1: servers that send back what they are sent.

#include <cstddef>
#include <string>

#include <aio/event_loop.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "harness/sizes.hpp"

#include "aio_works/works.hpp"

using peers::Done;

namespace {

aio::Coro<> echo(aio::Stream stream) {
  for (;;) {
    const std::string received = co_await stream.read();
    if (received.empty()) co_return;
    co_await stream.write_all(received);
  }
}

/// Answers every message that one read brings with one write; what is cut off waits for its rest.
aio::Coro<> answer_messages(aio::Stream stream) {
  std::string received, answers;
  for (;;) {
    const std::string more = co_await stream.read();
    if (more.empty()) co_return;
    received += more;
    const std::size_t complete = received.size() - received.size() % peers::message_size;
    answers.clear();
    for (std::size_t at = 0; at < complete; at += peers::message_size) {
      answers.append(received, at, peers::message_size);
    }
    received.erase(0, complete);
    co_await stream.write_all(answers);
  }
}

template <class Handler>
aio::Coro<> serve(Handler handler) {
  aio::Server server = co_await aio::start_server(handler, "127.0.0.1", 0);
  peers::announce_port(server.port());
  co_await server.serve_forever();
}

/// Clients that leave in the middle of everything are no news here.
template <class Handler>
Done run_server(Handler handler) {
  aio::EventLoop loop;
  loop.set_exception_handler([](const aio::ExceptionContext&) {});
  loop.run_until_complete(serve(handler));
  return {};
}

Done serve_echo(long, long) { return run_server(echo); }
Done serve_messages(long, long) { return run_server(answer_messages); }

}  // namespace

namespace peers::works {

std::vector<Work> echo() { return {{"W1", serve_echo, false}, {"W1p", serve_messages, false}}; }

}  // namespace peers::works
