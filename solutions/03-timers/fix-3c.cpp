// fix-3c: a metronome that does not drift.

#include <aio/clock.hpp>
#include <aio/timers.hpp>

#include "metronome.hpp"

void Metronome::start() {
  beat_ = clock_.now() + period_;
  queue_.push(beat_, *this);
}

void Metronome::next() {
  //: fix-3c now
  do {
    beat_ += period_;
  } while (beat_ < clock_.now());
  //: fix-3c was
  // beat_ = clock_.now() + period_;
  //: fix-3c end
  queue_.push(beat_, *this);
}
