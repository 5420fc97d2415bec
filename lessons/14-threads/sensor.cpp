// A thread that is not the loop's: what happens when it touches a future, and how it may come in.

#include <chrono>
#include <cstdio>
#include <thread>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

using namespace std::chrono_literals;

namespace {

// [wrong]
aio::Coro<> touch() {
  const aio::Future<int> degrees;
  std::thread sensor([&degrees] {
    try {
      degrees.set_result(21);
    } catch (const aio::InvalidStateError& error) {
      std::puts(error.what());
    }
  });
  sensor.join();
  std::puts(degrees.done() ? "it is there" : "nobody has told the loop");
  co_return;
}
// [/wrong]

// [right]
aio::Coro<> post() {
  aio::EventLoop& loop = aio::running_loop();
  const aio::Future<int> degrees;
  std::jthread sensor(
      [&loop, &degrees] { loop.call_soon_threadsafe([&degrees] { degrees.set_result(21); }); });
  std::printf("%d degrees\n", co_await degrees);
}
// [/right]

// [ask]
aio::Coro<int> average(int first, int second) {
  co_await aio::sleep(1ms);
  co_return (first + second) / 2;
}

aio::Coro<> be_asked() {
  aio::EventLoop& loop = aio::running_loop();
  const aio::Future<> over;
  std::jthread window([&loop, &over] {
    aio::BlockingFuture<int> answer = aio::run_coroutine_threadsafe(average(20, 24), loop);
    std::printf("on average %d\n", answer.get());  // blocks this thread, not the loop
    loop.call_soon_threadsafe([&over] { over.set_result(); });
  });
  co_await over;
}
// [/ask]

}  // namespace

int main() {
  aio::run(touch());
  aio::run(post());
  aio::run(be_asked());
}
