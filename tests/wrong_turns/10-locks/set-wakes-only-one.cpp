// Name: Waking one of those who wait for the event
// Says: your set() wakes one task; everybody who waits for an event goes on when it is set
// Caught-by: Step2_Event.SetWakesAllInTheOrderOfArrival

//: 10.2
inline void Event::set() {
  queue_.check_thread("Event::set");
  set_ = true;
  queue_.wake(1);
}
