#include "watch.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <aio/task.hpp>

#include "checker.hpp"
#include "editor.hpp"
#include "exercise_view.hpp"
#include "file_watch.hpp"
#include "keys.hpp"
#include "lesson_text.hpp"
#include "list_view.hpp"
#include "mistake.hpp"
#include "pager.hpp"
#include "report.hpp"
#include "run_command.hpp"
#include "screen.hpp"
#include "signals.hpp"
#include "tty.hpp"
#include "updates.hpp"

namespace coach {

namespace {

/// How to see an answer before the exercise passes.
std::string anyway(std::string_view id) {
  return fmt::format(
      "To see the answer anyway, in another terminal: ./learn solution {} --spoil "
      "({} stays open).",
      id, id);
}

class Watch {
 public:
  Watch(Terminal& terminal, const Desk& desk);
  aio::Coro<int> run();

 private:
  enum class Page { exercise, list, text, output, question, editor };

  Place beginning() const;
  void go_to(Place place);
  void go_on();
  void go_back();
  void draw();
  void say(std::string note);

  std::string what_is_checked() const;
  void show_page(Page page);
  void check_begins();
  void checked(const CheckResult& result, Cause cause);

  void press(Key key);
  void act_on(char letter);
  void press_in_list(Key key);
  void answer(Key key);
  void next_hint();
  void show_solution();
  void show_whole_verdict();
  void show_timeline();
  void look_at_progress();

  void start_job(aio::Coro<int> job);
  aio::Coro<> run_job(aio::Coro<int> job);
  aio::Coro<> edit();
  std::string place_of_work() const;
  void end_output(Key key);

  void receive(int signal);

  Desk desk_;
  Screen screen_;
  ExerciseView view_;
  ListView list_;
  Pager pager_;
  Shown shown_;
  Page page_ = Page::exercise;
  aio::Future<int> done_;
  std::optional<aio::Task<>> job_;
  Tty tty_;
  Signals signals_;
  Keyboard keyboard_;
  Checker checker_;
  FileWatch progress_file_;
};

Watch::Watch(Terminal& terminal, const Desk& desk)
    : desk_(desk),
      screen_(terminal),
      view_(desk, screen_),
      list_(desk, screen_),
      pager_(screen_),
      signals_({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT},
               [this](int signal) { receive(signal); }),
      keyboard_([this](Key key) { press(key); }),
      checker_(desk, {[this] { check_begins(); },
                      [this](const CheckResult& result, Cause cause) { checked(result, cause); },
                      [this](const std::string& why) { say(why); }}),
      progress_file_([this](bool) { look_at_progress(); }) {
  tty_.take_keys();
  look_at_progress();  // makes the folder that is watched
  progress_file_.watch({".learn/progress.json"});
}

aio::Coro<int> Watch::run() {
  go_to(beginning());
  const int status = co_await done_;
  co_await checker_.stop();
  if (job_) {
    job_->cancel();
    try {
      co_await *job_;
    } catch (const aio::CancelledError&) {
    }
  }
  desk_.terminal.end_progress();
  desk_.terminal.line("Start ./learn again to go on here; nothing is lost.");
  co_return status;
}

// ── where the learner is ──

/// Where the learner left, or what comes after it; at first what is open.
Place Watch::beginning() const {
  Place place = next_place(desk_);
  try {
    const Place left = desk_.course.find(Progress::left_at());
    if (left.item != nullptr) {
      place = desk_.progress.of(left.item->id).passed ? next_after(desk_, left) : left;
    }
  } catch (const WrongUsage&) {  // the first start, or an exercise that is no more
  }
  return place.item != nullptr ? place : Place{place.lesson, &place.lesson->items.back()};
}

void Watch::go_to(Place place) {
  Progress::leave_at(place.item->id);
  shown_ = {};
  shown_.place = place;
  shown_.updated = !updates_of(*place.lesson).empty();
  page_ = Page::exercise;
  draw();
  checker_.go_to(place);
}

/// Another coach may have checked something meanwhile.
void Watch::look_at_progress() {
  const bool news = desk_.progress.refresh();
  const bool shown = page_ == Page::exercise || page_ == Page::list;
  if (news && shown && shown_.place.item != nullptr && !screen_.terminal().plain()) draw();
}

/// On to what is open; when all is done, to the next one.
void Watch::go_on() {
  const Place open = next_after(desk_, shown_.place);
  if (open.item == nullptr) return say("You have done everything that is here.");
  if (open.item == shown_.place.item) return say("This is the last one that is open.");
  go_to(open);
}

void Watch::go_back() {
  Place before;
  for (const Lesson& lesson : desk_.course.lessons()) {
    for (const Item& item : lesson.items) {
      if (&item == shown_.place.item) {
        return before.item != nullptr ? go_to(before) : say("This is the first exercise.");
      }
      before = {&lesson, &item};
    }
  }
}

void Watch::draw() {
  if (page_ == Page::list) return list_.draw();
  if (page_ == Page::text) return pager_.draw();
  if (page_ != Page::exercise && page_ != Page::question) return;
  view_.draw(shown_);
  if (checker_.checking()) screen_.terminal().progress(what_is_checked());
}

/// Says something below the exercise; a plain terminal gets nothing but that.
void Watch::say(std::string note) {
  shown_.note = std::move(note);
  if (!screen_.terminal().plain()) return draw();
  view_.draw_answers(shown_);
}

// ── checking ──

std::string Watch::what_is_checked() const {
  return fmt::format("Checking {} …", shown_.place.item->id);
}

/// No check while the screen is somebody else's, or shows a text.
void Watch::show_page(Page page) {
  page_ = page;
  checker_.hold(page == Page::output || page == Page::text);
}

void Watch::check_begins() {
  if (page_ != Page::exercise) return;
  if (screen_.terminal().plain()) screen_.terminal().line(what_is_checked());
  screen_.terminal().progress(what_is_checked());
}

void Watch::checked(const CheckResult& result, Cause cause) {
  shown_.place = checker_.place();
  shown_.result = result;
  if (cause == Cause::save) {  // what it says must not lie above the screen
    shown_.note.clear();
    shown_.hints = false;
  }
  if (page_ != Page::exercise) return;
  if (!screen_.terminal().plain()) return draw();
  view_.draw_verdict(shown_);
}

// ── keys ──

void Watch::press(Key key) {
  if (key.name == Key::Name::hang_up) return receive(SIGHUP);
  try {
    if (page_ == Page::list) return press_in_list(key);
    if (page_ == Page::question) return answer(key);
    if (page_ == Page::text && pager_.press(key)) return draw();
    if (page_ == Page::output || page_ == Page::text) return end_output(key);
    if (page_ == Page::exercise && key.name == Key::Name::letter) act_on(key.letter);
  } catch (const Mistake& mistake) {
    say(mistake.what());
  }
}

void Watch::act_on(char letter) {
  const Lesson& lesson = *shown_.place.lesson;
  shown_.note.clear();
  shown_.help = false;
  switch (letter) {
    case 'h':
      return next_hint();
    case 'n':
      return go_on();
    case 'p':
      return go_back();
    case 'm':
      return show_whole_verdict();
    case 'l':
      page_ = Page::list;
      list_.open(shown_.place);
      return draw();
    case 'b': {
      BenchOptions options;
      options.subject = lesson.number;
      return start_job(bench(desk_, options));
    }
    case 't':
      return show_timeline();
    case 's':
      return show_solution();
    case 'r':
      page_ = Page::question;
      return say(fmt::format("Start {} anew? Your file is kept as .bak. (y/n)",
                             lesson.file_of(*shown_.place.item).string()));
    case 'e':
      if (editor().empty())
        return say(
            "Open the file in any editor; a save is enough. For this key to do it, type "
            "export EDITOR=nano (or vim, or code) in the shell and start ./learn again.");
      if (job_ && !job_->done()) return;
      page_ = Page::editor;  // at once: what is typed next is for the editor
      job_ = aio::create_task(edit());
      return;
    case '?':
      shown_.help = true;
      return say("");
    case 'q':
      if (!done_.done()) done_.set_result(0);
      return;
    default:
      return;
  }
}

void Watch::press_in_list(Key key) {
  const auto outcome = list_.press(key);
  if (outcome == ListView::Outcome::jump) return go_to(list_.chosen());
  if (outcome == ListView::Outcome::leave) page_ = Page::exercise;
  draw();
}

void Watch::answer(Key key) {
  page_ = Page::exercise;
  if (key != Key{Key::Name::letter, 'y'}) return say("Nothing was changed.");
  std::string said;
  for (const std::string& one : start_anew(desk_, shown_.place.item->id)) {
    said += (said.empty() ? "" : " ") + one;
  }
  checker_.forget_saves();  // this was no save of the learner's
  shown_.result.reset();
  checker_.check();
  say(std::move(said));
}

void Watch::next_hint() {
  const auto hints = hints_for(*shown_.place.lesson, *shown_.place.item);
  const std::string& id = shown_.place.item->id;
  if (shown_.result ? shown_.passes() : desk_.progress.of(id).passed) {
    return say(fmt::format("{} passes and needs no hint. s shows the answer; n goes on.", id));
  }
  const int open = desk_.progress.of(id).hints;
  if (!std::exchange(shown_.hints, true) && open > 0) return say("");
  const bool was_last = open >= static_cast<int>(hints.size());
  desk_.progress.change(id, [&](Record& record) {
    record.hints = std::min(record.hints + 1, static_cast<int>(hints.size()));
  });
  say(was_last ? "There are no more hints. " + anyway(id) : "");
}

void Watch::show_solution() {
  const Place place = shown_.place;
  if (!desk_.progress.of(place.item->id).passed) {
    return say(fmt::format("The answer is shown when {} passes. {}", place.item->id,
                           anyway(place.item->id)));
  }
  if (screen_.terminal().plain()) {
    show_page(Page::output);
    screen_.clear();
    solution(desk_, place.item->id, false);
    return desk_.terminal.line("\nAny key: back");
  }
  std::string text;
  const Terminal writer = desk_.terminal.writing_to(text);
  solution({writer, desk_.course, desk_.progress}, place.item->id, false);
  show_page(Page::text);
  pager_.open(text);
  draw();
}

void Watch::show_whole_verdict() {
  if (!shown_.result) return;
  if (screen_.terminal().plain()) return view_.draw_verdict(shown_);
  show_page(Page::text);
  pager_.open(view_.whole_verdict(shown_));
  draw();
}

void Watch::show_timeline() {
  const Lesson& lesson = *shown_.place.lesson;
  if (!has_timeline(lesson)) return say("No program of this lesson has tasks to tell of.");
  DemoOptions options;
  options.lesson = lesson.number;
  options.timeline = options.watching = true;
  start_job(demo(desk_, options));
}

// ── what takes the screen for a while ──

void Watch::start_job(aio::Coro<int> job) {
  show_page(Page::output);
  screen_.clear();
  desk_.terminal.line("Any key stops this.");
  job_ = aio::create_task(run_job(std::move(job)));
}

aio::Coro<> Watch::run_job(aio::Coro<int> job) {
  try {
    co_await std::move(job);
  } catch (const std::runtime_error& error) {
    desk_.terminal.end_progress();
    desk_.terminal.say(error.what());
  }
  desk_.terminal.line("\nAny key: back");
}

/// A key that stops something does no more; one that goes back may also go elsewhere.
void Watch::end_output(Key key) {
  const bool running = job_ && !job_->done();
  if (running) job_->cancel();
  page_ = Page::exercise;
  draw();
  checker_.hold(false);
  const bool leads_on = std::string_view("hnplrem?").contains(key.letter);
  if (!running && key.name == Key::Name::letter && leads_on) act_on(key.letter);
}

/// Where the compiler or a test came to a stop, or where the exercise begins: "FILE:LINE" or FILE.
std::string Watch::place_of_work() const {
  const auto& [lesson, item] = shown_.place;
  const std::string file = lesson->file_of(*item).string();
  std::string todo;
  if (shown_.result && shown_.result->compile_error) {
    const std::string& text = shown_.result->compile_error->text;
    if (text.starts_with(file + ":")) return text.substr(0, text.find(':', file.size() + 1));
  } else if (shown_.result) {
    for (const Verdict& verdict : shown_.result->verdicts) {
      if (verdict.item.id != item->id || verdict.results.empty()) continue;
      if (verdict.results.front().event == "todo") todo = verdict.results.front().message;
    }
  }
  const auto places = places_of(*lesson, *item, todo);
  return places.empty() ? file : places.front();
}

/// The editor has the terminal to itself; it is in our process group, so Ctrl-Z stops us both.
aio::Coro<> Watch::edit() {
  keyboard_.pause();
  tty_.restore();
  Command command;
  const std::string place = place_of_work();
  const std::size_t colon = std::min(place.size(), place.find(':'));
  std::size_t line = 0;
  std::from_chars(place.data() + std::min(place.size(), colon + 1), place.data() + place.size(),
                  line);
  command.argv = {"sh", "-c", opening(editor(), line), "sh", place.substr(0, colon)};
  command.shares_terminal = true;
  desk_.terminal.hold_progress(true);
  const Outcome outcome = co_await run_command(std::move(command));
  desk_.terminal.hold_progress(false);
  tty_.take_keys();
  keyboard_.resume();
  page_ = Page::exercise;
  draw();
  if (outcome.status != 0) say(fmt::format("The editor ended with status {}.", outcome.status));
}

// ── signals ──

void Watch::receive(int signal) {
  const bool editing = page_ == Page::editor;
  if (signal == SIGTSTP) {
    if (!editing) tty_.restore();
    desk_.terminal.end_progress();
    stop_until_continued();
    if (!editing) tty_.take_keys();
  } else if (signal == SIGWINCH || signal == SIGCONT) {
    screen_.measure();
    if (signal == SIGCONT && !editing) tty_.take_keys();
    if (!screen_.terminal().plain()) draw();
  } else if (!(editing && signal == SIGINT) && !done_.done()) {
    done_.set_result(128 + signal);
  }
}

aio::Coro<int> watch_on_loop(Terminal& terminal, Desk desk) {
  Watch watch(terminal, desk);
  co_return co_await watch.run();
}

}  // namespace

int watch(Terminal& terminal, const Desk& desk) {
  aio::Runner runner;
  return runner.run(watch_on_loop(terminal, desk));
}

}  // namespace coach
