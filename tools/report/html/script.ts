/**
 * What the page does beyond showing: theme, find, open and close, links into closed parts, copy, print. Without it the
 * page is whole; everything is in the document.
 */
export const script = `
const $ = (selector, root = document) => [...root.querySelectorAll(selector)];
const root = document.documentElement;
const scenarios = $('details.sc');
const theme = {
  get kept() { try { return localStorage.getItem('switchlab-theme'); } catch { return null; } },
  keep(name) { try { localStorage.setItem('switchlab-theme', name); } catch { /* a browser that keeps nothing */ } },
};
if (theme.kept === 'dark' || theme.kept === 'light') root.dataset.theme = theme.kept;
const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
const themeButton = document.getElementById('theme');
const nameTheme = () => { themeButton.textContent = isDark() ? 'Light theme' : 'Dark theme'; };
themeButton.hidden = false;
themeButton.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  theme.keep(root.dataset.theme);
  nameTheme();
});
nameTheme();

const find = document.getElementById('find');
const form = $('.find')[0];
const shown = document.getElementById('shown');
const texts = new Map(scenarios.map((one) => [one, one.firstElementChild.textContent.toLowerCase() + one.id]));
function filter() {
  const words = find.value.toLowerCase().split(' ').filter(Boolean);
  const verdicts = new Set($('.find input:checked').map((box) => box.value));
  let count = 0;
  for (const one of scenarios) {
    const text = texts.get(one);
    one.hidden = !verdicts.has(one.dataset.v) || !words.every((word) => text.includes(word));
    if (!one.hidden) count++;
  }
  for (const group of $('.feature, .rules')) group.hidden = !group.querySelector('details.sc:not([hidden])');
  shown.textContent = count + ' of ' + scenarios.length + ' shown';
}
form.hidden = false;
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
document.getElementById('open').addEventListener('click', () => { for (const one of scenarios) if (!one.hidden) one.open = true; });
document.getElementById('close').addEventListener('click', () => { for (const one of scenarios) one.open = false; });
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input, textarea')) return;
  event.preventDefault();
  find.focus();
});
filter();

function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || !target.matches('details')) return;
  target.hidden = false;
  for (let up = target; up; up = up.parentElement) { if (up.matches('.feature, .rules')) up.hidden = false; }
  target.open = true;
  target.scrollIntoView();
  target.firstElementChild.focus({ preventScroll: true });
}
addEventListener('hashchange', openTarget);
// A link to where the page already is changes no hash.
document.addEventListener('click', (event) => { if (event.target.closest('a[href="' + location.hash + '"]') && location.hash) openTarget(); });
openTarget();

// Bars say their sentence to a mouse; to everybody else as a list, made when a scenario is opened.
for (const one of scenarios) one.addEventListener('toggle', () => {
  const timeline = one.querySelector('.tl');
  if (!timeline || timeline.nextElementSibling?.matches('.ev')) return;
  const list = document.createElement('details');
  list.className = 'ev';
  list.append(document.createElement('summary'), document.createElement('ol'));
  list.firstElementChild.textContent = 'Timeline as text';
  const events = $('[title]', timeline).map(({ title }) => title).sort((a, b) => parseFloat(a) - parseFloat(b));
  for (const text of events) list.lastElementChild.append(Object.assign(document.createElement('li'), { textContent: text }));
  timeline.after(list);
});

for (const button of $('.copy')) button.addEventListener('click', async () => {
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
});

// On paper: whatever did not pass is open, and the requirements that were judged.
let opened = [];
addEventListener('beforeprint', () => {
  const wanted = [...scenarios.filter((one) => one.dataset.v !== 'pass'), ...document.querySelectorAll('.fam.ran')];
  opened = wanted.filter((one) => !one.open);
  for (const one of opened) one.open = true;
});
addEventListener('afterprint', () => { for (const one of opened) one.open = false; });
`;
