// What a collection costs for each of its children: growth COLLECTION COUNT. growth.py counts the
// instructions.

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <aio/as_completed.hpp>
#include <aio/condition.hpp>
#include <aio/event.hpp>
#include <aio/gather.hpp>
#include <aio/lock.hpp>
#include <aio/priority_queue.hpp>
#include <aio/queue.hpp>
#include <aio/semaphore.hpp>
#include <aio/shield.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>
#include <aio/wait_for.hpp>

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

Coro<> all_of(const std::vector<Task<>>& tasks) {
  for (const Task<>& task : tasks) {
    try {
      co_await task;
    } catch (const aio::CancelledError&) {
    }
  }
}

/// So many tasks wait for something; `after` ends that.
template <class Wait, class After>
Coro<> waiters(int count, Wait wait, After after) {
  std::vector<Task<>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(wait()));
  co_await aio::sleep(0s);
  after(tasks);
  co_await all_of(tasks);
}

Coro<> event(int count) {
  aio::Event event;
  const auto wait = [&]() -> Coro<> { co_await event.wait(); };
  co_await waiters(count, wait, [&](auto&) { event.set(); });
}

/// Those who wait leave the list before anything has happened, the last ones first.
Coro<> cancelled(int count) {
  aio::Event event;
  const auto wait = [&]() -> Coro<> { co_await event.wait(); };
  co_await waiters(count, wait, [](std::vector<Task<>>& tasks) {
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) task->cancel();
  });
}

Coro<> getters(int count) {
  aio::Queue<int> queue;
  const auto get = [&]() -> Coro<> { co_await queue.get(); };
  const auto put = [&](auto&) {
    for (int i = 0; i < count; ++i) queue.put_nowait(i);
  };
  co_await waiters(count, get, put);
}

Coro<> putters(int count) {
  aio::Queue<int> queue(1);
  queue.put_nowait(0);
  const auto put = [&]() -> Coro<> { co_await queue.put(1); };
  const auto get = [&]() -> Coro<> {
    for (int i = 0; i < count; ++i) co_await queue.get();
  };
  const auto consumer = create_task(get());
  co_await waiters(count, put, [](auto&) {});
  co_await consumer;
}

Coro<> lock(int count) {
  aio::Lock lock;
  const auto hold = [&]() -> Coro<> { const auto guard = co_await lock.scoped(); };
  co_await lock.acquire();
  co_await waiters(count, hold, [&](auto&) { lock.release(); });
}

Coro<> semaphore(int count) {
  aio::Semaphore semaphore(0);
  const auto acquire = [&]() -> Coro<> { co_await semaphore.acquire(); };
  const auto release = [&](auto&) {
    for (int i = 0; i < count; ++i) semaphore.release();
  };
  co_await waiters(count, acquire, release);
}

Coro<> condition(int count) {
  aio::Condition condition;
  const auto wait = [&]() -> Coro<> {
    const auto guard = co_await condition.scoped();
    co_await condition.wait();
  };
  const auto notify = [&]() -> Coro<> {
    const auto guard = co_await condition.scoped();
    condition.notify_all();
  };
  std::optional<Task<>> notifier;
  co_await waiters(count, wait, [&](auto&) { notifier = create_task(notify()); });
  co_await *notifier;
}

/// Timers that never fire.
Coro<> timers(int count) {
  std::vector<aio::TimerHandle> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(aio::running_loop().call_later(1h + std::chrono::seconds(i % 7), [] {}));
  }
  for (const aio::TimerHandle& timer : all) timer.cancel();
  co_return;
}

Coro<> sleepers(int count) {
  const auto sleep = []() -> Coro<> { co_await aio::sleep(1ns); };
  co_await waiters(count, sleep, [](auto&) {});
}

/// One long task that many wait for, none of them long enough.
Coro<> shielded(int count) {
  const aio::Future<> end;
  const auto work = [&]() -> Coro<> { co_await end; };
  const Task<> task = create_task(work());
  const auto wait = [&]() -> Coro<> {
    try {
      co_await aio::wait_for(aio::shield(task), 1ns);
    } catch (const aio::TimeoutError&) {
    }
  };
  co_await waiters(count, wait, [](auto&) {});
  end.set_result();
  co_await task;
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

/// Callbacks of one future that are taken out again, the oldest first.
Coro<> removed(int count) {
  const aio::Future<> future;
  std::vector<aio::CallbackId> all;
  for (int i = 0; i < count; ++i) all.push_back(future.add_done_callback([](auto&) {}));
  for (const aio::CallbackId id : all) future.remove_done_callback(id);
  co_return;
}

Coro<> forever() { co_await aio::Future<>(); }

/// A chain of tasks, which wait for each other by gathers, when run() ends.
Coro<> ending(int count) {
  const auto wait = [](auto inner) -> Coro<> { co_await aio::gather(inner); };
  Task<> last = create_task(forever());
  for (int i = 1; i < count; ++i) last = create_task(wait(last));
  co_await aio::sleep(0s);
}

/// Such a chain, of which the outermost task is cancelled: that passes on from one to the next.
Coro<> chain(int count) {
  const auto wait = [](auto inner) -> Coro<> { co_await inner; };
  Task<> outermost = create_task(forever());
  for (int i = 1; i < count; ++i) outermost = create_task(wait(outermost));
  co_await aio::sleep(0s);
  outermost.cancel();
  std::vector<Task<>> alone;
  alone.push_back(outermost);
  co_await aio::wait(std::move(alone));
}

}  // namespace

int main(int count, char** words) {
  const std::map<std::string, Coro<> (*)(int)> collections{
      {"wait", wait},           {"as_completed", as_completed},
      {"gather", gather},       {"event", event},
      {"overtaken", overtaken}, {"priority_queue", priority_queue},
      {"callbacks", callbacks}, {"cancelled", cancelled},
      {"getters", getters},     {"putters", putters},
      {"lock", lock},           {"semaphore", semaphore},
      {"condition", condition}, {"timers", timers},
      {"sleepers", sleepers},   {"shielded", shielded},
      {"removed", removed},     {"ending", ending},
      {"chain", chain}};
  if (count != 3 || !collections.contains(words[1])) return EXIT_FAILURE;
  aio::run(collections.at(words[1])(std::atoi(words[2])));
}
