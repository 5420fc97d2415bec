// Name: Many are one
// Says: your loop tells a signal once that has come three times
// Caught-by: Step4_Signals.EachArrivalIsTold

//: 16.4
inline void CaughtSignal::look() {
  const int come = signal_slots[static_cast<std::size_t>(number_)].arrived.exchange(0);
  if (come == 0) return;
  if (pending_ == 0) loop_.call_soon(*this);
  pending_ = 1;
}
