// A server on several loops, which the next one replaces under load:
//
//   kit-cores-server PORT LOOPS PATH MICROSECONDS
//
// Takes the sockets over from the server that waits at PATH, or else listens at PORT (0: a free
// one). Answers each request of HTTP, after computing for so long, with its process and its loop.
// Says "serving PORT" when it does. Ends by SIGTERM, or when the next one serves, and says then
// what each loop has done.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <time.h>
#include <unistd.h>

#include <aio/cores.hpp>
#include <aio/hand_over.hpp>
#include <aio/server.hpp>
#include <aio/signals.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

namespace {

using namespace std::chrono_literals;
using aio::Core, aio::Coro, aio::Server, aio::Stream, aio::Task;

/// The processor time that this thread has used.
std::chrono::nanoseconds used() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

struct Settings {
  std::string path;
  std::chrono::microseconds work{};
  std::vector<aio::UniqueFd> sockets;
  std::optional<aio::Inheritance> inheritance;
};

/// What a loop has done.
struct Done {
  std::size_t requests = 0;
  std::chrono::nanoseconds used{};
};

Coro<> answer(Stream& stream, std::chrono::microseconds work, std::string text, Done& done) {
  while (true) {
    const std::string request = co_await stream.read_until("\r\n\r\n");
    for (const auto end = used() + work; used() < end;) {
    }
    ++done.requests;
    co_await stream.write_all("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) +
                              "\r\n\r\n" + text);
  }
}

Coro<> wait_to_be_stopped() {
  try {
    co_await aio::Future<>();
  } catch (const aio::CancelledError&) {
  }
}

Coro<> wait_for_signal() { co_await aio::stop_signal(); }

/// Until somebody ends it, or the next process serves.
Coro<> wait_for_end(Settings& settings) {
  std::vector<int> sockets;
  for (const aio::UniqueFd& socket : settings.sockets) sockets.push_back(socket.get());
  std::vector<Task<>> both;
  both.push_back(aio::create_task(wait_for_signal()));
  both.push_back(aio::create_task(aio::hand_over(settings.path, std::move(sockets))));
  co_await aio::wait(both, aio::ReturnWhen::first_completed);
  for (const Task<>& each : both) each.cancel();
}

/// What has come is answered, and nothing more accepted.
Coro<> serve(Core core, Settings& settings, Done& done, std::size_t& serving) {
  const std::string text = std::to_string(::getpid()) + " " + std::to_string(core.index()) + "\n";
  const auto handle = [&, text](Stream stream) -> Coro<> {
    try {
      co_await answer(stream, settings.work, text, done);
    } catch (const aio::IncompleteReadError&) {  // the client has gone
    } catch (const std::system_error&) {         // and left something unread
    }
  };
  aio::UniqueFd socket(::dup(settings.sockets[core.index()].get()));
  Server server = co_await aio::start_server(handle, std::move(socket));
  const std::uint16_t port = server.port();
  core.post(0, [&, port, all = core.count()] {
    if (++serving < all) return;
    if (settings.inheritance) settings.inheritance->confirm();
    std::printf("serving %u\n", port);
    std::fflush(stdout);
  });
  if (core.index() == 0) {
    co_await wait_for_end(settings);
  } else {
    co_await wait_to_be_stopped();
  }
  co_await server.shutdown(5s);
  done.used = used();
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) return 2;
  Settings settings;
  settings.path = words[3];
  settings.work = std::chrono::microseconds(std::atoi(words[4]));
  const auto loops = static_cast<std::size_t>(std::atoi(words[2]));
  settings.inheritance = aio::take_over(settings.path);
  if (settings.inheritance) {
    settings.sockets = std::move(settings.inheritance->sockets);
  } else {
    settings.sockets =
        aio::listen_shared("127.0.0.1", static_cast<std::uint16_t>(std::atoi(words[1])), loops);
  }
  std::vector<Done> done(settings.sockets.size());
  std::size_t serving = 0;
  aio::run_on_all_cores(
      [&](Core core) { return serve(core, settings, done[core.index()], serving); },
      aio::CoresOptions(settings.sockets.size()));
  for (const Done& each : done) {
    std::printf("%zu %lld\n", each.requests, static_cast<long long>(each.used.count()));
  }
}
