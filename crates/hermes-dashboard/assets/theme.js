// Runs before anything is painted, so that a chosen theme or language does not flash up as another.
const theme = localStorage.getItem('hermes-theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
const language = localStorage.getItem('hermes-language');
if (language && language !== document.documentElement.lang) document.documentElement.dataset.pending = '';
