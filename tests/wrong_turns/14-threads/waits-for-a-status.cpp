// Name: Waits for a status
// Says: your child is gone, and your child_ended() waits for a status that is lost
// Caught-by: Step4_Child.AnEndThatIsLostIsAnEndToo

//: 14.4
inline void ChildProcess::child_ended() {
  returncode_ = child_.reap(false);
  if (!returncode_) return;
  child_.stop_watching();
  Resident::unlink();
  const Ref<ChildProcess> alive = std::exchange(self_, nullptr);
  ended.set();
}
