// What a collection costs for each of its children: growth COLLECTION COUNT. growth.py counts the
// instructions.

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <aio/as_completed.hpp>
#include <aio/event.hpp>
#include <aio/gather.hpp>
#include <aio/priority_queue.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task, aio::create_task;

Coro<int> child(int number) {
  co_await aio::sleep(0s);
  co_return number;
}

std::vector<Task<int>> children(int count) {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(child(i)));
  return tasks;
}

Coro<> wait(int count) { co_await aio::wait(children(count)); }

Coro<> as_completed(int count) {
  const auto all = aio::as_completed(children(count));
  while (all.remaining() > 0) co_await all.next();
}

Coro<> gather(int count) { co_await aio::gather(children(count)); }

Coro<> event(int count) {
  aio::Event event;
  const auto wait = [&]() -> Coro<> { co_await event.wait(); };
  std::vector<Task<>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(wait()));
  co_await aio::sleep(0s);
  event.set();
  for (const Task<>& task : tasks) co_await task;
}

/// Getters are woken, and overtaken.
Coro<> overtaken(int count) {
  aio::Queue<int> queue;
  const auto get = [&]() -> Coro<int> { co_return co_await queue.get(); };
  std::vector<Task<int>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(get()));
  co_await aio::sleep(0s);
  for (int i = 0; i < count; ++i) queue.put_nowait(i);
  for (int i = 0; i < count; ++i) (void)queue.get_nowait();
  for (int i = 0; i < count; ++i) queue.put_nowait(i);
  for (const Task<int>& task : tasks) co_await task;
}

/// Grows with the logarithm of the count.
Coro<> priority_queue(int count) {
  aio::PriorityQueue<int> queue;
  for (int i = 0; i < count; ++i) queue.put_nowait(i * 7919 % count);
  for (int i = 0; i < count; ++i) (void)queue.get_nowait();
  co_return;
}

Coro<> callbacks(int count) {
  const aio::Future<> future;
  for (int i = 0; i < count; ++i) future.add_done_callback([](auto&) {});
  future.set_result();
  co_await aio::sleep(0s);
}

}  // namespace

int main(int count, char** words) {
  const std::map<std::string, Coro<> (*)(int)> collections{
      {"wait", wait},          {"as_completed", as_completed}, {"gather", gather},
      {"event", event},        {"overtaken", overtaken},       {"priority_queue", priority_queue},
      {"callbacks", callbacks}};
  if (count != 3 || !collections.contains(words[1])) return EXIT_FAILURE;
  aio::run(collections.at(words[1])(std::atoi(words[2])));
}
