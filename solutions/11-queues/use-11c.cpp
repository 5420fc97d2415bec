// use-11c: the queue is shut down when the last source has ended; whoever finds it empty then goes.

#include <optional>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "mill.hpp"

namespace {

//: use-11c put what the source gives, until it ends; count it if it breaks
aio::Coro<> read(Source source, aio::Queue<int>& queue, Tally& tally) {
  try {
    for (;;) {
      const std::optional<int> item = co_await source();
      if (!item || aio::current_task().cancelling() > 0) co_return;
      co_await queue.put(*item);
    }
  } catch (const aio::CancelledError&) {
    if (aio::current_task().cancelling() > 0) throw;  // not the source: we are to stop
    ++tally.broken_sources;
  } catch (...) {
    ++tally.broken_sources;
  }
}

//: use-11c all sources at once; when the last one has ended, nothing more will come
aio::Coro<> read_all(std::vector<Source> sources, aio::Queue<int>& queue, Tally& tally) {
  std::vector<aio::Coro<>> readers;
  for (Source& source : sources) readers.push_back(read(std::move(source), queue, tally));
  co_await aio::gather(aio::return_exceptions, std::move(readers));
  queue.shutdown();
}

//: use-11c take and handle, until there is nothing more to come; count what fails
aio::Coro<> consume(aio::Queue<int>& queue, const Handle& handle, Tally& tally) {
  while (aio::current_task().cancelling() == 0) {
    std::optional<int> item;
    try {
      item = co_await queue.get();
    } catch (const aio::QueueShutDown&) {
      co_return;
    }
    try {
      co_await handle(*item);
      ++tally.handled;
    } catch (const aio::CancelledError&) {
      if (aio::current_task().cancelling() > 0) throw;
      ++tally.failed;
    } catch (...) {
      ++tally.failed;
    }
  }
}

}  // namespace

//: use-11c the queue, and all who read and consume side by side
aio::Coro<Tally> handle_all(std::vector<Source> sources, int consumers, long room, Handle handle) {
  aio::Queue<int> queue(room);
  Tally tally;
  std::vector<aio::Coro<>> all;
  all.push_back(read_all(std::move(sources), queue, tally));
  for (int i = 0; i < consumers; ++i) all.push_back(consume(queue, handle, tally));
  co_await aio::gather(aio::return_exceptions, std::move(all));  // none outlives the queue
  co_return tally;
}
