// Name: Counts again
// Says: your look() counts what has arrived, and leaves it there for the next time
// Caught-by: Step4_Signals.EachArrivalIsTold

//: 16.4
inline void CaughtSignal::look() {
  const int come = signal_slots[static_cast<std::size_t>(number_)].arrived;
  if (come > 0 && pending_ == 0) loop_.call_soon(*this);
  pending_ += come;
}
