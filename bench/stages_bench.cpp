// What each stage of the course costs, for the same work: N connections are open, one of which
// sends a request of 64 bytes every millisecond, each time another. The server sends it back.
// Measured is the server; the clients are a process of their own.
//
//   busy-wait   asks every socket, all the time
//   poll        asks the kernel about all sockets, and sleeps meanwhile
//   epoll       the Poller of lesson 02: the kernel remembers what it was asked
//   loop        the event loop of lesson 04: a callback for each socket
//   tasks       lessons 05 to 07: a task for each socket, which awaits a future
//   streams     lesson 12: a task for each Stream

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/poller.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

#include "support/compare.hpp"
#include "support/sparse_load.hpp"

namespace {

using aio::Coro, aio::Future, aio::Interest, aio::UniqueFd, bench::SparseLoad;

// [busy-wait]
void busy_wait(SparseLoad& load) {
  for (std::size_t i = 0; !load.over(); ++i) {
    load.echo(load.connections()[i % load.connections().size()].get());
  }
}
// [/busy-wait]

// [poll]
void with_poll(SparseLoad& load) {
  std::vector<pollfd> asked;
  for (const UniqueFd& fd : load.connections()) asked.push_back({fd.get(), POLLIN, 0});
  while (!load.over()) {
    aio::check_syscall("poll", poll(asked.data(), asked.size(), -1));
    for (const pollfd& one : asked) {
      if (one.revents != 0) load.echo(one.fd);
    }
  }
}
// [/poll]

// [epoll]
void with_poller(SparseLoad& load) {
  aio::Poller poller;
  for (UniqueFd& fd : load.connections()) poller.watch(fd.get(), Interest::read, &fd);
  while (!load.over()) {
    for (const aio::PollEvent& event : poller.wait(std::nullopt)) {
      load.echo(static_cast<UniqueFd*>(event.data)->get());
    }
  }
}
// [/epoll]

// [loop]
void with_loop(SparseLoad& load) {
  aio::EventLoop loop;
  for (const UniqueFd& fd : load.connections()) {
    loop.add_reader(fd.get(), [&load, &loop, fd = fd.get()] {
      load.echo(fd);
      if (load.over()) loop.stop();
    });
  }
  loop.run_forever();
}
// [/loop]

// [tasks]
Future<> readable(int fd) {
  aio::EventLoop& loop = aio::running_loop();
  Future<> event(loop);
  loop.add_reader(fd, [&loop, fd, event]() mutable {
    loop.remove_reader(fd);
    event.set_result();
  });
  return event;
}

Coro<> echo_when_readable(SparseLoad& load, int fd) {
  while (!load.over()) {
    const Future<> event = readable(fd);
    co_await event;
    load.echo(fd);
  }
}
// [/tasks]

// [streams]
Coro<> echo_stream(SparseLoad& load, UniqueFd fd) {
  aio::Stream stream = aio::Stream::adopt(std::move(fd));
  while (!load.over()) {
    const std::string bytes = co_await stream.read();
    co_await stream.write_all(bytes);
    load.answered(bytes.size());
  }
}
// [/streams]

/// Until one of the tasks has ended, since all is answered, or throws.
Coro<> until_one_ends(std::vector<aio::Task<>> tasks) {
  const auto waited = co_await aio::wait(std::move(tasks), aio::ReturnWhen::first_completed);
  waited.done.front().result();
}

Coro<> serve_with_tasks(SparseLoad& load) {
  std::vector<aio::Task<>> tasks;
  for (const UniqueFd& fd : load.connections())
    tasks.push_back(aio::create_task(echo_when_readable(load, fd.get())));
  co_await until_one_ends(std::move(tasks));
}

Coro<> serve_with_streams(SparseLoad& load) {
  std::vector<aio::Task<>> tasks;
  for (UniqueFd& fd : load.connections())
    tasks.push_back(aio::create_task(echo_stream(load, std::move(fd))));
  co_await until_one_ends(std::move(tasks));
}

void with_tasks(SparseLoad& load) { aio::run(serve_with_tasks(load)); }
void with_streams(SparseLoad& load) { aio::run(serve_with_streams(load)); }

constexpr int requests = 400;

/// A stage, with n connections.
bench::Way stage(void (*serve)(SparseLoad& load)) {
  return {.work = [serve](int n) {
    SparseLoad load({.connections = n, .requests = requests});
    serve(load);
    load.finish();
  }};
}

}  // namespace

int main(int argc, char** argv) {
  bench::Comparison stages{.sizes = {1, 10, 100, 1'000}};
  stages.descriptors_each = 1;
  stages.requests = requests;
  stages.more = {{"busy-wait", stage(busy_wait)}, {"poll", stage(with_poll)},
                 {"epoll", stage(with_poller)},   {"loop", stage(with_loop)},
                 {"tasks", stage(with_tasks)},    {"streams", stage(with_streams)}};
  return bench::run(argc, argv, stages);
}
