// W8: posts from another thread.

#include <utility>
#include <vector>

#include <aio/event_loop.hpp>

#include "harness/posts.hpp"

#include "aio_works/works.hpp"

using peers::Done;

namespace {

template <class Loop>
concept TakesPosts = requires(Loop& loop) {
  loop.call_soon_threadsafe([] {});
};

template <TakesPosts Loop>
class PostLoop {
 public:
  template <class Callback>
  void post(Callback callback) {
    loop_.call_soon_threadsafe(std::move(callback));
  }
  void run() { loop_.run_forever(); }
  void stop() { loop_.stop(); }

 private:
  Loop loop_;
};

/// None on a learner's loop from before there were posts.
template <class Loop>
std::vector<peers::Work> posts_of() {
  if constexpr (TakesPosts<Loop>) {
    return {{"W8.posts", peers::posts<PostLoop<Loop>>, false},
            {"W8.wake", peers::wake_ups<PostLoop<Loop>>, false}};
  } else {
    return {};
  }
}

}  // namespace

namespace peers::works {

std::vector<Work> posts() { return posts_of<aio::EventLoop>(); }

}  // namespace peers::works
