// Exercise use-11c. Check it with: ./learn check use-11c
// use-11c: the queue is shut down when the last source has ended; whoever finds it empty then goes.

#include <optional>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

#include "mill.hpp"

namespace {

//: use-11c put what the source gives, until it ends; count it if it breaks
aio::Coro<> read(Source source, aio::Queue<int>& queue, Tally& tally) {
  AIO_TODO("use-11c", "put what the source gives, until it ends; count it if it breaks");
}

//: use-11c all sources at once; when the last one has ended, nothing more will come
aio::Coro<> read_all(std::vector<Source> sources, aio::Queue<int>& queue, Tally& tally) {
  AIO_TODO("use-11c", "all sources at once; when the last one has ended, nothing more will come");
}

//: use-11c take and handle, until there is nothing more to come; count what fails
aio::Coro<> consume(aio::Queue<int>& queue, const Handle& handle, Tally& tally) {
  AIO_TODO("use-11c", "take and handle, until there is nothing more to come; count what fails");
}

}  // namespace

//: use-11c the queue, and all who read and consume side by side
aio::Coro<Tally> handle_all(std::vector<Source> sources, int consumers, long room, Handle handle) {
  AIO_TODO("use-11c", "the queue, and all who read and consume side by side");
}
