//! Spikes: which days stood out, what shape the peak had, and what stayed.
