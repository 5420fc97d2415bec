#pragma once
// Exercise use-11c: many sources, many consumers, one queue between them, and an end.

#include <functional>
#include <optional>
#include <vector>

#include <aio/coro.hpp>
#include <aio/queue.hpp>

/// Gives the next item, or nothing when it has no more.
using Source = std::function<aio::Coro<std::optional<int>>()>;
/// Deals with an item.
using Handle = std::function<aio::Coro<>(int)>;

/// What became of the items, and of the sources.
struct Tally {
  int handled = 0;         // items
  int failed = 0;          // items whose handle threw
  int broken_sources = 0;  // have thrown: they give no more, the others go on
};

/// Reads all sources at once, and handles what they give, each item once, with `consumers` tasks.
/// At most `room` items wait in between: whoever reads faster than that, waits. Ends when all
/// sources have ended and all items are dealt with. Cancelling it cancels all of them. It ends when
/// they have ended, and begins nothing more, also if a source or a handle answers all the same or
/// fails meanwhile.
aio::Coro<Tally> handle_all(std::vector<Source> sources, int consumers, long room, Handle handle);
