// Name: Never reaped
// Says: your child has ended, and stays a zombie, since nobody asks the kernel how it ended
// Caught-by: Step4_Child.TellsHowItEnded, Step4_Child.IsReapedWhoeverWaits

//: 14.4
inline void ChildProcess::child_ended() {
  child_.stop_watching();
  Resident::unlink();
  const Ref<ChildProcess> alive = std::exchange(self_, nullptr);
  ended.set();
}
