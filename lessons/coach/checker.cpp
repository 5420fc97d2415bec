#include "checker.hpp"

#include <algorithm>
#include <utility>

#include "attempts.hpp"
#include "mistake.hpp"
#include "report.hpp"

namespace coach {

Checker::Checker(const Desk& desk, Listener listener)
    : desk_(desk),
      listener_(std::move(listener)),
      files_([this](bool changed) { start(cause_of_save(changed)); }) {}

void Checker::go_to(Place place) {
  place_ = place;
  watch_files();
  start(Cause::arrival);
}

/// What was saved before is forgotten.
void Checker::watch_files() {
  const auto& [lesson, item] = place_;
  std::vector<fs::path> files{lesson->file_of(*item)};
  if (item->kind == Item::Kind::step) {
    for (const Item& step : lesson->steps()) files.push_back(lesson->file_of(step));
  }
  files_.watch(std::move(files));
}

/// A save that changes nothing may overtake the check of one that did.
Cause Checker::cause_of_save(bool changed) const {
  const bool overtakes = checking_ && cause_ == Cause::save;
  return changed || overtakes || put_off_ == Cause::save ? Cause::save : Cause::arrival;
}

void Checker::hold(bool held) {
  held_ = held;
  if (held) return;
  if (const auto cause = std::exchange(put_off_, std::nullopt)) start(*cause);
}

void Checker::start(Cause cause) {
  if (held_) {
    put_off_ = cause;
    return;
  }
  if (check_ && !check_->done()) check_->cancel();
  std::optional<aio::Task<>> previous = std::exchange(check_, std::nullopt);
  cause_ = cause;
  checking_ = true;
  listener_.begins();
  check_ = aio::create_task(check_after(std::move(previous), ++checks_, cause));
}

aio::Coro<> Checker::stop() {
  ++checks_;
  held_ = true;
  if (!check_) co_return;
  check_->cancel();
  try {
    co_await *check_;
  } catch (const aio::CancelledError&) {
  } catch (const std::exception&) {  // it has been told
  }
}

/// A build that a newer save has overtaken is over, children and all, before the next one begins.
aio::Coro<> Checker::check_after(std::optional<aio::Task<>> previous, int number, Cause cause) {
  if (previous) {
    try {
      co_await *previous;
    } catch (const aio::CancelledError&) {
    } catch (const std::exception&) {  // it has been told
    }
  }
  previous.reset();
  if (number != checks_) co_return;
  Place place = place_;
  if (place.item->kind == Item::Kind::step) place.item = nullptr;  // all steps of the lesson
  try {
    CheckResult result = co_await run_check(desk_, place, "exercise");
    checking_ = false;
    checked(std::move(result), cause);
  } catch (const std::exception& error) {  // a Mistake, or what the system refuses
    checking_ = false;
    desk_.terminal.end_progress();
    listener_.fails(error.what());
  }
}

void Checker::checked(CheckResult result, Cause cause) {
  desk_.terminal.end_progress();
  const bool had_passed = desk_.progress.of(place_.item->id).passed;
  judge_current(result);
  if (cause == Cause::arrival) {
    remember_arrival(result);
  } else {
    remember(desk_, place_, result);
  }
  if (cause == Cause::save && had_passed) follow_what_broke(result);
  listener_.ends(result, cause);
}

/// One who went ahead gets a verdict all the same.
void Checker::judge_current(CheckResult& result) const {
  for (Verdict& verdict : result.verdicts) {
    if (verdict.item.id != place_.item->id || verdict.state != Verdict::State::waiting) continue;
    verdict = judge(verdict.item, verdict.results);
    verdict.begun = begun(*place_.lesson, verdict.item);
  }
}

/// What is found broken had its failure counted when it was saved, or in another terminal.
void Checker::remember_arrival(const CheckResult& result) {
  CheckResult done = result;
  done.compile_error.reset();
  std::erase_if(done.verdicts,
                [](const Verdict& one) { return one.state != Verdict::State::done; });
  remember(desk_, place_, done);
  for (const Verdict& verdict : result.verdicts) {
    const bool broken = verdict.state == Verdict::State::failing;
    if (!broken || !desk_.progress.of(verdict.item.id).passed) continue;
    desk_.progress.change(verdict.item.id, [](Record& record) { record.passed = false; });
  }
}

void Checker::follow_what_broke(const CheckResult& result) {
  const auto failing = std::ranges::find(result.verdicts, Verdict::State::failing, &Verdict::state);
  if (failing == result.verdicts.end()) return;
  place_ = desk_.course.find(failing->item.id);
  Progress::leave_at(failing->item.id);
}

}  // namespace coach
