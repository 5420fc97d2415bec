#pragma once
// Where a test's coroutines play, for lessons that have tasks. Tests add the roles:
//
//   struct Stage : tests::Stage {
//     aio::Coro<> work(aio::Clock::duration takes) {
//       co_await aio::sleep(takes);
//       said("worked@" + time());
//     }
//   };
//   Stage stage;
//   stage.run(stage.work(1s));
//   EXPECT_STORY(stage.story, stage.story.order(), "worked@1 s", …);

#include <stdexcept>
#include <string>
#include <utility>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>

#include "support/run_virtual.hpp"
#include "support/story.hpp"

namespace tests {

/// A virtual clock, and a story that is stamped with it. What tasks wait for is made before run(),
/// so that it outlives them.
struct Stage {
  aio::VirtualClock clock{};
  Story story{clock};

  template <class T>
  T run(aio::Coro<T> main) {
    return run_virtual(std::move(main), clock);
  }
  void said(std::string what) { story.ran(std::move(what)); }
  /// "250 ms".
  std::string time() const { return to_text(clock.now().time_since_epoch()); }

  /// Says how an awaitable ends. CancelledError is passed on, unless `calm`.
  template <class A>
  aio::Coro<> tell(A awaitable, bool calm = false) {
    try {
      co_await std::move(awaitable);
      said("returned@" + time());
    } catch (const aio::TimeoutError&) {
      said("TimeoutError@" + time());
    } catch (const aio::CancelledError&) {
      said("CancelledError@" + time());
      if (!calm) throw;
    } catch (const std::runtime_error& error) {
      said(std::string(error.what()) + "@" + time());
    }
  }
};

}  // namespace tests
