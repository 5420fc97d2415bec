// Name: Reaped, and nobody is told
// Says: your child is reaped, and those who wait for it sleep on
// Caught-by: Step4_Child.TellsHowItEnded

//: 14.4
inline void ChildProcess::child_ended() {
  returncode_ = child_.reap(false);
  if (!has_ended()) return;
  child_.stop_watching();
  Resident::unlink();
  const Ref<ChildProcess> alive = std::exchange(self_, nullptr);
}
