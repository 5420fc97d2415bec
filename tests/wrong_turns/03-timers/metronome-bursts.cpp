// Name: A metronome that bursts
// Says: after a long delay your metronome makes up for every missed beat, all at once
// Caught-by: Fix3c_Metronome.LeavesOutTheBeatsThatItMissed

void Metronome::next() {
  beat_ += period_;
  queue_.push(beat_, *this);
}
