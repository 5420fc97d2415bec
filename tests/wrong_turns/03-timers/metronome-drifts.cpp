// Name: A metronome that drifts
// Says: your next beat is counted from the end of the work, so every beat is late by all the work
//   before it
// Caught-by: Fix3c_Metronome.DoesNotDrift

void Metronome::next() {
  beat_ = clock_.now() + period_;
  queue_.push(beat_, *this);
}
