// W2, W3, W4, W6: tasks that do nothing, and how they are started, switched and gathered.

#include <chrono>
#include <utility>
#include <vector>

#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "aio_works/works.hpp"

using namespace std::chrono_literals;
using peers::Done;

namespace {

aio::Coro<> trivial() { co_return; }

aio::Coro<> spawn_and_join(long size, long rounds) {
  std::vector<aio::Task<>> tasks;
  tasks.reserve(static_cast<std::size_t>(size));
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) tasks.push_back(aio::create_task(trivial()));
    for (const aio::Task<>& task : tasks) co_await task;
    tasks.clear();
  }
}

Done spawn(long size, long rounds) {
  aio::run(spawn_and_join(size, rounds));
  return {size * rounds};
}

aio::Coro<> take_turns(long turns) {
  for (long i = 0; i < turns; ++i) co_await aio::sleep(0s);
}

aio::Coro<> all_take_turns(long tasks, long turns) {
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < tasks; ++i) all.push_back(take_turns(turns));
  co_await aio::gather(std::move(all));
}

Done switch_tasks(long size, long rounds) {
  aio::run(all_take_turns(size, rounds));
  return {size * rounds};
}

aio::Coro<long> child(long value) { co_return value; }

aio::Coro<long> call_children(long count) {
  long sum = 0;
  for (long i = 0; i < count; ++i) sum += co_await child(i);
  co_return sum;
}

Done await_child(long size, long rounds) {
  aio::run(call_children(size * rounds));
  return {size * rounds};
}

aio::Coro<long> gather_many(long size, long rounds) {
  long sum = 0;
  for (long round = 0; round < rounds; ++round) {
    std::vector<aio::Coro<long>> children;
    children.reserve(static_cast<std::size_t>(size));
    for (long i = 0; i < size; ++i) children.push_back(child(i));
    const std::vector<long> results = co_await aio::gather(std::move(children));
    for (const long result : results) sum += result;
  }
  co_return sum;
}

Done gather(long size, long rounds) {
  aio::run(gather_many(size, rounds));
  return {size * rounds};
}

}  // namespace

namespace peers::works {

std::vector<Work> tasks() {
  return {{"W2", spawn}, {"W3", switch_tasks}, {"W4", await_child}, {"W6", gather}};
}

}  // namespace peers::works
