#include "support/recording.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

#include <fcntl.h>
#include <stdio_ext.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/code_lines.hpp"

namespace tests {

namespace {

using Kind = RecordedItem::Kind;

const std::thread::id main_thread = std::this_thread::get_id();
RecordedLoop* running_loop = nullptr;  // the recorded one that runs, or ran last

int shown_to = -1;         // where stdout went before
int captured = -1;         // where it goes now
off_t captured_until = 0;  // how much of that has been noted

/// Shows it where it would have gone.
void show(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(shown_to, text.data() + done, text.size() - done);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

std::string new_output() {
  if (captured == -1) return "";
  std::fflush(stdout);
  std::cout.flush();
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::pread(captured, buffer, sizeof buffer, captured_until)) > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
    captured_until += count;
  }
  return text;
}

/// A clock that tells another time than the computer's is virtual.
bool is_virtual(const aio::EventLoop& loop) {
  const auto real = std::chrono::steady_clock::now().time_since_epoch();
  const auto told = loop.time().time_since_epoch();
  return std::chrono::abs(real - told) > std::chrono::seconds(1);
}

}  // namespace

bool record_output() {
  captured = ::memfd_create("output", MFD_CLOEXEC);
  shown_to = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  return captured != -1 && shown_to != -1 && ::dup2(captured, STDOUT_FILENO) != -1;
}

Recording& Recording::own() {
  static Recording recording;
  return recording;
}

bool Recording::of_this_thread() const { return std::this_thread::get_id() == main_thread; }

void Recording::add(RecordedItem item) {
  constexpr std::size_t most = 20'000;  // more than anybody steps through
  if (items_.size() < most) items_.push_back(std::move(item));
  if (items_.size() == most) items_.push_back({.kind = Kind::cut});
}

void Recording::note_output() {
  std::string text = new_output();
  if (text.empty()) return;
  show(text);
  add({.kind = Kind::output, .text = std::move(text)});
}

void Recording::reach(const void* code) {
  constexpr std::size_t most = 300;  // of a step that computes
  if (!is_of_the_program(code) || std::exchange(last_code_, code) == code) return;
  if (__fpending(stdout) > 0) note_output();
  if (running_loop != nullptr) running_loop->look();
  if (++lines_of_step_ < most) add({.kind = Kind::line, .code = code});
}

RecordedLoop::RecordedLoop(aio::EventLoop& loop) : loop_(loop), trace_(loop, 1U << 18) {
  aio::observe(loop, *this);
  Recording::own().note_output();
  RecordedItem begins{.kind = Kind::loop, .text = is_virtual(loop) ? "virtual" : "real"};
  begins.event.at = loop.time().time_since_epoch().count();
  Recording::own().add(std::move(begins));
  running_loop = this;
}

RecordedLoop::~RecordedLoop() {
  take_over();
  running_loop = nullptr;
  Recording::own().note_output();
  Recording::own().add({.kind = Kind::closed});
  aio::unobserve(loop_, *this);
}

/// What the trace has beyond what was taken over. What was told of in the midst of the step is not
/// told again at its end.
void RecordedLoop::take_over() {
  for (; taken_ < trace_.recorded(); ++taken_) {
    const aio::TraceEvent& event = trace_.event(taken_);
    const bool queued = event.kind == aio::TraceEvent::Kind::queued;
    if (queued && in_step_ && !told_.insert({event.task, event.node}).second) continue;
    Recording::own().add({.kind = Kind::event, .event = event});
  }
}

void RecordedLoop::look() {
  if (!in_step_) return;
  look_at_queue();
  take_over();
}

/// The loop itself tells at the end of a step what was queued in it. This is earlier.
void RecordedLoop::look_at_queue() {
  if (last_ == nullptr || !last_->linked()) return;
  aio::List<aio::Ready>& queue = aio::detail::LoopEntry::of(loop_).queue();
  aio::Ready* each = queue.behind(*const_cast<aio::Ready*>(last_));  // the loop's own mark
  while (each != nullptr && (each = queue.behind(*each)) != nullptr) {
    if (looked_at_.insert(each).second) trace_.has_queued(loop_, *each);
  }
}

void RecordedLoop::will_run(aio::EventLoop& loop, const aio::Ready& ready) {
  Recording::own().note_output();
  Recording::own().begin_step();
  take_over();
  running_loop = this;
  aio::List<aio::Ready>& queue = aio::detail::LoopEntry::of(loop).queue();
  last_ = queue.empty() ? nullptr : &queue.back();
  in_step_ = true;
  told_.clear();
  looked_at_.clear();
  RecordedItem starts{.kind = Kind::starts};
  starts.event.at = loop.time().time_since_epoch().count();
  const auto* const task = dynamic_cast<const aio::detail::TaskBase*>(&ready);
  starts.event.task = task != nullptr ? task->id() : 0;
  starts.event.node = task != nullptr ? 0 : aio::Trace::number_of(&ready);
  if (task == nullptr) starts.text = ready.describe();
  Recording::own().add(std::move(starts));
}

void RecordedLoop::has_run(aio::EventLoop&) {
  Recording::own().note_output();
  take_over();
  in_step_ = false;
}

void RecordedLoop::will_poll(aio::EventLoop& loop) {
  Recording::own().note_output();
  take_over();
  RecordedItem polls{.kind = Kind::polls};
  polls.event.at = loop.time().time_since_epoch().count();
  Recording::own().add(std::move(polls));
}

void RecordedLoop::has_polled(aio::EventLoop&, std::size_t) { take_over(); }
void RecordedLoop::will_run_ready(aio::EventLoop&, std::size_t) {
  Recording::own().note_output();
  take_over();
}

}  // namespace tests
