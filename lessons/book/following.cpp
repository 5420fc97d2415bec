#include "following.hpp"

#include <chrono>
#include <utility>

#include <mistake.hpp>
#include <nlohmann/json.hpp>

#include <aio/wait_for.hpp>

#include "json_text.hpp"

namespace book {

namespace {

using namespace std::chrono_literals;

constexpr auto sign_of_life = 15s;  // without one, nobody notices that the other side has gone

}  // namespace

/// An exercise with those who look at it.
struct Following::Watched {
  explicit Watched(const coach::Desk& desk);

  void go_to(const coach::Place& place);
  void begins();
  void changed();
  std::string event() const;

  coach::Terminal terminal;
  coach::Desk desk;
  Standing standing;
  std::list<aio::Queue<std::string>*> pages;
  coach::Checker checker;
};

Following::Watched::Watched(const coach::Desk& all)
    : terminal(all.terminal.telling([this](std::string_view doing) {
        standing.doing = doing;
        changed();
      })),
      desk{terminal, all.course, all.progress},
      checker(desk, {[this] { begins(); },
                     [this](const coach::CheckResult& result, coach::Cause) {
                       standing.result = result;
                       standing.place = checker.place();  // of what it broke, perhaps
                       standing.trouble.clear();
                       changed();
                     },
                     [this](const std::string& why) {
                       standing.trouble = why;
                       changed();
                     }}) {}

/// What cannot be read is told to the page.
void Following::Watched::go_to(const coach::Place& place) {
  try {
    checker.go_to(place);
  } catch (const coach::Mistake& mistake) {
    standing.trouble = mistake.what();
    changed();
  }
}

void Following::Watched::begins() {
  standing.place = checker.place();
  standing.doing.clear();
  changed();
}

/// What a page has not taken yet is out of date.
void Following::Watched::changed() {
  standing.checking = checker.checking();
  for (aio::Queue<std::string>* const page : pages) {
    while (!page->empty()) page->get_nowait();
    page->put_nowait(event());
  }
}

std::string Following::Watched::event() const {
  const nlohmann::json data = {{"item", standing.place.item->id},
                               {"checking", standing.checking},
                               {"state", state_of(standing)},
                               {"passed", desk.progress.of(standing.place.item->id).passed},
                               {"verdict", verdict_html(desk, standing)},
                               {"states", states_html(desk, standing)},
                               {"sentence", sentence_on(standing)}};
  return http::format_event({text_of(data), "standing", std::nullopt});
}

/// A page's place among those who look, which it leaves however that happens.
class Following::Seat {
 public:
  Seat(Following& following, Watched& watched, aio::Queue<std::string>& page)
      : following_(following), watched_(watched), page_(page) {
    watched_.pages.push_back(&page);
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() {
    watched_.pages.remove(&page_);
    if (watched_.pages.empty()) following_.leave(watched_);
  }

 private:
  Following& following_;
  Watched& watched_;
  aio::Queue<std::string>& page_;
};

std::string Following::key_of(const coach::Place& place) {
  const bool step = place.item->kind == coach::Item::Kind::step;
  return step ? place.lesson->number : place.item->id;
}

std::shared_ptr<Following::Watched> Following::watched(const coach::Place& place) {
  const std::string key = key_of(place);
  if (const auto found = watched_.find(key); found != watched_.end()) return found->second;
  auto watched = std::make_shared<Watched>(desk_);
  watched->standing.place = place;
  return watched_[key] = std::move(watched);
}

void Following::leave(Watched& watched) {
  const auto found = watched_.find(key_of(watched.standing.place));
  if (found == watched_.end() || found->second.get() != &watched) return;
  const aio::Task<> closing = aio::create_task(close(std::move(found->second)));
  watched_.erase(found);
}

/// A build that nobody waits for any more is stopped.
aio::Coro<> Following::close(std::shared_ptr<Watched> watched) { co_await watched->checker.stop(); }

http::Response Following::events(const coach::Place& place) {
  return http::event_stream_response([self = shared_from_this(), place](http::BodyWriter body) {
    return tell(self, place, body);
  });
}

aio::Coro<> Following::tell(std::shared_ptr<Following> self, coach::Place place,
                            http::BodyWriter body) {
  coach::Progress::leave_at(place.item->id);
  const std::shared_ptr<Watched> exercise = self->watched(place);
  aio::Queue<std::string> page;
  const Seat seat(*self, *exercise, page);
  exercise->go_to(place);
  while (true) {
    std::string event = http::format_comment();
    try {
      event = co_await aio::wait_for(page.get(), aio::Delay(sign_of_life));
    } catch (const aio::TimeoutError&) {
    }
    co_await body.write(event);
  }
}

void Following::check(const coach::Place& place) {
  const auto found = watched_.find(key_of(place));
  if (found == watched_.end()) return;
  found->second->checker.forget_saves();  // this was none of the learner's
  found->second->standing.result.reset();
  found->second->checker.check();
}

}  // namespace book
